"""The model behind HTTP: pictures come in, text goes out, many requests share the batches of the graph.

    server -> application -> request_body -> reader -> batcher -> answer

server.py        the socket, and its end              request_body.py  body of a request -> order, with polygons.py
application.py   the routes                           picture.py       bytes -> upright picture, canvases of regions
schema.py        the API as OpenAPI shows it          finding.py       finds the text of a picture
reader.py        order -> answer                      workers.py       processes that decode pictures
batcher.py       canvases of many requests            models.py        several models, by name
answer.py        readings -> JSON                     problem.py       what is wrong with a request, in words
limits.py        how much a request may ask for       arrivals.py      bodies that are arriving
connections.py   limits of connections                guard.py         what surrounds every request
hosts.py         names that the server answers to     token.py         the token of server and client
metrics.py       counts for Prometheus                repeats.py       a log without repetitions
client.py        regions -> text by a server          files.py         the files that a browser gets
page/            the page: HTML, CSS and JavaScript   docs/            the page of the API
video/           POST /v1/video

Needs FastAPI and uvicorn; takes plain arguments, like all of the library.
"""
