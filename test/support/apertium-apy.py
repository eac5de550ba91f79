"""apertium-apy on loopback alone: by itself it binds every interface, and it has no option for that."""
import sys

from tornado.httpserver import HTTPServer

bind = HTTPServer.bind


def bind_to_loopback(server, port, address=None, **options):
    return bind(server, port, '127.0.0.1', **options)


HTTPServer.bind = bind_to_loopback

from apertium_apy.apy import main  # noqa: E402

sys.exit(main())
