"""What we compare with: the same answer by other means, in processes of their own.

Each is started with the environment OTHER_MONGODB_URI, OTHER_DATABASE, OTHER_REDIS_URL and
OTHER_KEY, and prints its address. The FastAPI ones run in .venv-bench, which lacks the product.
"""
