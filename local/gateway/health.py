"""Where the gateway says that it is up, without asking anybody else."""

HEALTH_PATH = "/.local/health"
