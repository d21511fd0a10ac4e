"""Reads Iceberg tables as they lie on disk, without any part of Hansa: what a table's metadata refers to. Standard library only."""
import io
import json
import os
import zlib


class Avro:
    """The rows of one Avro container, as far as manifests and their lists need it."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = io.BytesIO(file.read())
        assert self.data.read(4) == b"Obj\x01", path
        head = self.value({"type": "map", "values": "bytes"})
        self.schema = json.loads(head["avro.schema"])
        self.packed = head.get("avro.codec", b"null") == b"deflate"
        self.data.read(16)

    def long(self):
        shift = out = 0
        while True:
            byte = self.data.read(1)[0]
            out |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (out >> 1) ^ -(out & 1)
            shift += 7

    def blocks(self, item):
        out = []
        while count := self.long():
            if count < 0:
                count = -count
                self.long()
            out += [item() for _ in range(count)]
        return out

    def value(self, schema):
        if isinstance(schema, list):
            return self.value(schema[self.long()])
        kind = schema if isinstance(schema, str) else schema["type"]
        if isinstance(kind, (dict, list)):
            return self.value(kind)
        if kind == "null":
            return None
        if kind == "boolean":
            return self.data.read(1) != b"\0"
        if kind in ("int", "long"):
            return self.long()
        if kind in ("float", "double"):
            return self.data.read(4 if kind == "float" else 8)
        if kind == "string":
            return self.data.read(self.long()).decode()
        if kind == "bytes":
            return self.data.read(self.long())
        if kind == "fixed":
            return self.data.read(schema["size"])
        if kind == "record":
            return {field["name"]: self.value(field["type"]) for field in schema["fields"]}
        if kind == "array":
            return self.blocks(lambda: self.value(schema["items"]))
        if kind == "map":
            return dict(self.blocks(lambda: (self.data.read(self.long()).decode(), self.value(schema["values"]))))
        raise AssertionError(schema)

    def rows(self):
        while self.data.tell() < len(self.data.getbuffer()):
            count, length = self.long(), self.long()
            block = self.data.read(length)
            self.data.read(16)
            outer, self.data = self.data, io.BytesIO(zlib.decompress(block, -15) if self.packed else block)
            yield from [self.value(self.schema) for _ in range(count)]
            self.data = outer


class Disk:
    """A data directory's objects."""

    def __init__(self, data):
        self.objects = os.path.join(data, "objects")

    def path(self, location):
        assert location.startswith("s3://"), location
        return os.path.join(self.objects, location[len("s3://"):])

    def below(self, folder):
        """Every file of a folder, by its path."""
        return {os.path.join(root, name) for root, _, names in os.walk(folder) for name in names}

    def metadata(self, folder):
        """All metadata files of a table, the newest last. The server may remove old ones meanwhile."""
        place = os.path.join(folder, "metadata")
        found = []
        for name in os.listdir(place):
            path = os.path.join(place, name)
            if name.endswith(".metadata.json"):
                try:
                    found.append((os.stat(path).st_mtime_ns, path))
                except FileNotFoundError:
                    pass
        return [path for _, path in sorted(found)]

    def read(self, path):
        """Empty if the server has removed it."""
        try:
            with open(path) as file:
                return json.load(file)
        except FileNotFoundError:
            return {"snapshots": []}

    def snapshots(self, path):
        return {str(snapshot["snapshot-id"]): snapshot for snapshot in self.read(path)["snapshots"]}

    def current(self, path):
        return str(self.read(path).get("current-snapshot-id"))

    def of_snapshot(self, snapshot):
        """Manifest list, manifests and live files."""
        found = {self.path(snapshot["manifest-list"])}
        for row in Avro(self.path(snapshot["manifest-list"])).rows():
            found.add(self.path(row["manifest_path"]))
            for entry in Avro(self.path(row["manifest_path"])).rows():
                if entry["status"] != 2:
                    found.add(self.path(entry["data_file"]["file_path"]))
        return found

    def of_metadata(self, path):
        """Everything that a metadata file refers to, itself and those it follows included."""
        metadata = self.read(path)
        found = {path} | {self.path(entry["metadata-file"]) for entry in metadata.get("metadata-log", [])}
        for snapshot in metadata["snapshots"]:
            found |= self.of_snapshot(snapshot)
            # What Hansa keeps beside a snapshot that registered files in place.
            prints = self.path(metadata["location"]) + f"/metadata/{snapshot['summary'].get('hansa.publish')}.fingerprints.json"
            if os.path.exists(prints):
                found.add(prints)
        return found
