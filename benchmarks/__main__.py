"""Runs the benchmarks of bursts and of the CPU pipeline, and prints their tables."""

from benchmarks import burst, cpu_pipeline

if __name__ == "__main__":
    burst.main([])
    cpu_pipeline.main()
