#!/bin/sh
# What the Lambda Web Adapter starts; it forwards requests to this port and streams the answers.
export PYTHONPATH="$LAMBDA_TASK_ROOT:/opt/python"
exec python -m uvicorn functions.chat_stream:app --host 127.0.0.1 --port "${AWS_LWA_PORT:-8000}" --log-level warning
