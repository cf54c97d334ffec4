internal import DecartAPI
internal import DecartClient
internal import LiveDocument
internal import LuaVM
internal import ScriptRuntime

extension DecartModule {
    func blobFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("blob") { [self] call throws(LuaError) in
                let name = call.type(3) == .none || call.type(3) == .nil ? nil : try call.string(3)
                call.push(keep(Blob(bytes: try call.bytes(1), type: try call.string(2), name: name)))
                return .returns
            },
            ModuleFunction("blobSize") { [self] call throws(LuaError) in
                call.push(.integer(Int64(try blob(call).size)))
                return .returns
            },
            ModuleFunction("blobType") { [self] call throws(LuaError) in
                call.push(.text(try blob(call).type))
                return .returns
            },
            ModuleFunction("blobName") { [self] call throws(LuaError) in
                call.push(try blob(call).name.map { .text($0) } ?? .nil)
                return .returns
            },
            ModuleFunction("text", mayWait: true) { [self] call throws(LuaError) in
                let blob = try blob(call)
                let clock = clock
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await blob.bytes(on: clock) }
                } conclude: { outcome in
                    outcome.answer { .string($0) }
                })
            },
            ModuleFunction("save", mayWait: true) { [self] call throws(LuaError) in
                let blob = try blob(call)
                let path = try call.givenText(1)
                let clock = clock
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await blob.save(to: path, on: clock) }
                } conclude: { outcome in
                    outcome.answer
                })
            },
            ModuleFunction("displayVideo", mayWait: true) { [self] call throws(LuaError) in
                let blob = try blob(call)
                let named = call.type(2) == .none || call.type(2) == .nil ? nil : try call.string(2)
                if let shownVideos {
                    show(call, named: named, among: shownVideos)
                    return .returns
                }
                let clock = clock
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in
                        try await FreePath.save(blob, as: named ?? ShownVideos.name(of: blob), on: clock)
                    }
                } conclude: { [self] outcome in
                    outcome.answer { path in
                        note(.saved(path, size: blob.size))
                        return .text(path)
                    }
                })
            },
            // A blob was collected.
            ModuleFunction("forgetBlob") { [self] call throws(LuaError) in
                if let id = try? call.object(1, kind: "blob") {
                    blobs[id]?.holders -= 1
                    if blobs[id]?.holders == 0 { blobs[id] = nil }
                }
                return .returns
            },
        ]
    }

    /// As the document's last element.
    private func show(_ call: borrowing HostCall, named name: String?, among shownVideos: ShownVideos) {
        guard let id = try? call.object(1, kind: "blob"), let held = blobs[id],
            let media = media(ofBlob: id, named: name)
        else { return }
        let video = document.createElement(.video)
        shownVideos.add(held.blob, shownAs: media)
        document.set(.src, of: video, to: .media(.blob(media)))
        document.append(video, to: .body)
        // The script has no object for it.
        document.letGo(of: video)
    }

    private func blob(_ call: borrowing HostCall) throws(LuaError) -> Blob {
        guard let blob = blobs[try call.object(1, kind: "blob")]?.blob else {
            throw .badArgument(1, of: call.name, "this Blob is gone")
        }
        return blob
    }
}
