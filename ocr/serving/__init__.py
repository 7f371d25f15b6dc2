"""The model behind HTTP: pictures come in, what is read in them goes out, many requests share the graph's batches.

    server -> application -> request_body -> reader -> batcher -> answer

Needs FastAPI and uvicorn; plain arguments in, like all of the library.
"""
