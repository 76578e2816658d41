"""The HTTP API beside the page: FastAPI routes, problem details, and what stands before every request."""
