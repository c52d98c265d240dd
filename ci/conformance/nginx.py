"""nginx, which keeps the expectations honest: it answers the same endpoints, as far as it can.

Debian's packages are unpacked into the user's cache rather than installed, because the
installation would start a server on port 80.
"""

import contextlib
import os
import socket
import subprocess
import tempfile
from pathlib import Path

import settings

# The echo module gives requests back, which shows where nginx thinks that they end.
PACKAGES = ["nginx", "libnginx-mod-http-echo"]
STATUSES = [200, 201, 204, 205, 304, 400, 404, 418, 500, 503]
HELLO = b"Hello from a file.\n" + b"A line to ask for by its bytes.\n" * 10


@contextlib.contextmanager
def running():
    """Runs nginx for a while; gives its address."""
    root = _unpacked()
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder, socket.socket() as listener:
        # nginx takes over the socket of an "old" nginx, so that no port is guessed.
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        address = listener.getsockname()
        work = Path(folder)
        _write_files(work)
        (work / "nginx.conf").write_text(_configuration(root, work, address[1]))
        process = subprocess.Popen(
            [root / "usr/sbin/nginx", "-p", work, "-e", work / "error.log", "-c",
             work / "nginx.conf"],
            env={**os.environ, "NGINX": f"{listener.fileno()};"},
            pass_fds=[listener.fileno()],
        )
        try:
            yield address
        finally:
            process.terminate()
            process.wait()


def _unpacked():
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "purlin-ci/nginx"
    if not (cache / "usr/sbin/nginx").exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            quiet = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL}
            subprocess.run(["apt-get", "download", *PACKAGES], **quiet)
            for package in Path(folder).glob("*.deb"):
                subprocess.run(["dpkg-deb", "--extract", package, cache], **quiet)
    return cache


def _write_files(work):
    for name in ["site/static", "site/download", "bytes"]:
        (work / name).mkdir(parents=True)
    (work / "site/index.html").write_text("<!doctype html><title>Conformance</title>")
    (work / "site/plaintext").write_text("Hello, World!")
    (work / "site/json").write_text('{"message":"Hello, World!"}')
    (work / "site/static/hello.txt").write_bytes(HELLO)
    (work / "site/download/report.txt").write_bytes(HELLO)
    for size in [0, 7, 1000, 1_000_000]:
        (work / f"bytes/{size}").write_bytes(b"x" * size)


def _configuration(root, work, port):
    statuses = "".join(f"location = /status/{code} {{ return {code}; }}\n" for code in STATUSES)
    return f"""
load_module {root}/usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off;
user root;
pid {work}/nginx.pid;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  server_tokens off;
  types {{ text/html html; text/plain txt; }}
  client_body_temp_path {work}/body;
  proxy_temp_path {work}/proxy;
  fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi;
  scgi_temp_path {work}/scgi;
  client_header_timeout {settings.HEADER_TIMEOUT}s;
  client_body_timeout {settings.BODY_TIMEOUT}s;
  keepalive_timeout {settings.KEEP_ALIVE}s;
  lingering_timeout 1s;
  send_timeout {settings.WRITE_TIMEOUT}s;
  large_client_header_buffers {settings.HEADER_LIMIT // settings.URI_LIMIT} {settings.URI_LIMIT};
  client_max_body_size {settings.BODY_LIMIT};
  client_body_buffer_size {2 * settings.BODY_LIMIT};
  ignore_invalid_headers off;
  underscores_in_headers on;
  if_modified_since before;
  merge_slashes off;
  server {{
    listen 127.0.0.1:{port};
    root {work}/site;
    default_type application/octet-stream;
    location = / {{ index index.html; }}
    location = /plaintext {{ default_type text/plain; }}
    location = /json {{ default_type application/json; }}
    location ~ ^/users/([0-9]+)$ {{ default_type application/json; return 200 '{{"id":$1}}'; }}
    location = /search {{ default_type application/json; return 200 '{{"q":"$arg_q"}}'; }}
    location = /bytes {{
      if ($request_method != POST) {{ return 405; }}
      echo_read_request_body;
      echo_request_body;
    }}
    location = /echo {{
      if ($request_method != POST) {{ return 405; }}
      echo_read_request_body;
      default_type application/json;
      echo_request_body;
    }}
    location ~ ^/bytes/([0-9]+)$ {{ alias {work}/bytes/$1; }}
    location = /stream/3 {{
      default_type text/plain;
      echo one; echo_flush; echo two; echo_flush; echo three;
    }}
    location = /delay/50 {{ default_type text/plain; echo_sleep 0.05; echo slow; }}
    location = /headers {{
      default_type application/json;
      return 200 '{{"x-test":"$http_x_test","host":"$http_host"}}';
    }}
    location = /redirect/2 {{ return 302 /redirect/1; }}
    location = /redirect/1 {{ return 302 /redirect/0; }}
    location = /redirect/0 {{ return 200; }}
    location = /cookies/set {{ add_header Set-Cookie "$arg_k=$arg_v"; return 200; }}
    location /download/ {{ add_header Content-Disposition attachment; }}
    location = /trailers {{
      default_type text/plain;
      add_trailer X-Checksum 1;
      echo content;
    }}
    {statuses}
  }}
}}
"""
