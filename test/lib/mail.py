"""A mail server for tests."""

import email
import email.policy
import socketserver
import threading


class Mail:
    """A mail server as small as can be: (from, to, message) of each mail, and what it refuses."""

    def __init__(self):
        self.got, self.refuses = [], {}
        mails = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                say = lambda text: self.wfile.write(text.encode() + b"\r\n")  # noqa: E731
                say("220 sink")
                sender, to = None, []
                for line in self.rfile:
                    word = line.decode("latin-1").strip()
                    verb = word.upper()
                    if verb.startswith(("EHLO", "HELO")):
                        say("250 sink")
                    elif verb.startswith("MAIL FROM:"):
                        sender, to = word[10:].split()[0], []
                        say("250 ok")
                    elif verb.startswith("RCPT TO:"):
                        answers = mails.refuses.get(word[8:].strip(), [])
                        if answers:
                            say(answers.pop(0))
                        else:
                            to.append(word[8:].strip())
                            say("250 ok")
                    elif verb == "DATA":
                        say("354 go on")
                        text = b""
                        for piece in self.rfile:
                            if piece == b".\r\n":
                                break
                            text += piece[1:] if piece.startswith(b".") else piece
                        mails.got.append((sender, to, text))
                        say("250 taken")
                    elif verb == "QUIT":
                        say("221 bye")
                        return
                    else:
                        say("250 ok")

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]

    def to(self, address):
        return [email.message_from_bytes(text, policy=email.policy.default) for _, to, text in list(self.got) if to == [f"<{address}>"]]
