"""Runs the benchmark of the CPU pipeline and prints its table."""

from benchmarks import cpu_pipeline

if __name__ == "__main__":
    cpu_pipeline.main()
