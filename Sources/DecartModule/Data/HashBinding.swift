internal import DecartAPI
internal import DecartClient
internal import JobJournal
internal import LuaVM
internal import RunClock
internal import ScriptReference
internal import ScriptRuntime

/// `decart.hash`.
struct HashBinding {
    let blobs: BlobBinding
    let clock: any RunClock

    func group() -> ScriptGroup {
        ScriptGroup(GroupDescription("decart.hash", type: "Hash", "Digests."), [sha256Function()])
    }

    private func sha256Function() -> ScriptFunction {
        let content = Parameter<Blob>("bytes", .either([.string, .named("Blob")]), "A string, or a Blob.") {
            [blobs] call, position, _ throws(LuaError) in
            if let object = call.objectIfAny(position), object.kind == "blob" {
                guard let blob = blobs.blob(object.id) else { throw call.badArgument(position, "this Blob is gone") }
                return blob
            }
            guard call.type(position) == .string else {
                throw call.badArgument(position, "string or Blob expected, got \(call.type(position).rawValue)")
            }
            return Blob(bytes: try call.bytes(position), type: "")
        }
        return ScriptFunction(
            "sha256", "The SHA-256 digest of bytes, as sha256sum prints it.", content,
            gives: [ResultDescription(.string, "64 hexadecimal digits, in lower case.")], waits: true
        ) { [clock] _, blob throws(LuaError) in
            .call { () async throws(DecartError) in
                try await blob.sha256(on: clock)
            } conclude: {
                $0.result { .text($0) }
            }
        }
    }
}

extension Blob {
    /// - Throws: as `bytes(on:)`.
    fileprivate func sha256(on clock: any RunClock) async throws(DecartError) -> String {
        var digest = RunningDigest()
        try await forEachChunk(on: clock) { digest.update($0) }
        return digest.finished()
    }
}
