internal import DecartAPI
internal import DecartClient
internal import JournaledClient
internal import LiveDocument
internal import LuaVM
internal import RunClock
internal import ScriptReference
internal import ScriptRuntime

/// The job whose result a blob is, and the client that writes down where it is saved.
struct BlobSource: Sendable {
    var client: JournaledClient
    var origin: JournaledResult.Origin

    func saved(at path: BytePath) async { await client.saved(origin, at: path) }

    func consumed() async { await client.consumed(origin) }
}

/// Blobs as scripts have them: objects, each of which holds one of the blobs that are kept here.
final class BlobBinding {
    private struct HeldBlob {
        var blob: Blob
        /// The job that it is the result of.
        var source: BlobSource?
        /// How many objects the script has for it.
        var holders = 0
        /// As the document knows it, once it was shown.
        var media: MediaBlob?
    }

    private var blobs: [Int: HeldBlob] = [:]
    private var nextID = 1
    private let clock: any RunClock
    private let note: @Sendable (Notice) -> Void
    private let files: (any FileGuard)?
    /// Where some renderer plays videos: what `displayVideo` has shown there instead of saving it. nil: it saves them.
    private let shownVideos: ShownVideos?
    /// Shows a video in the document.
    private let show: (MediaBlob) -> Void

    init(
        clock: any RunClock, files: (any FileGuard)?, shownVideos: ShownVideos?,
        note: @escaping @Sendable (Notice) -> Void,
        show: @escaping (MediaBlob) -> Void
    ) {
        self.clock = clock
        self.files = files
        self.shownVideos = shownVideos
        self.note = note
        self.show = show
    }

    /// Gives a blob to the script.
    func keep(_ blob: Blob, source: BlobSource? = nil) -> LuaValue {
        let id = nextID
        nextID += 1
        blobs[id] = HeldBlob(blob: blob, source: source)
        return .object(LuaObject(kind: "blob", id: id))
    }

    /// The blob that a script's object stands for; nil for one that is gone.
    func blob(_ id: Int) -> Blob? { blobs[id]?.blob }

    /// The same blob is the same source, however often it is set, but for a name of its own; nil for one that is gone.
    func media(of id: Int, named name: BytePath? = nil) -> MediaBlob? {
        guard let held = blobs[id] else { return nil }
        if let name {
            var blob = held.blob
            blob.name = name
            return MediaBlob(blob)
        }
        if let media = held.media { return media }
        let media = MediaBlob(held.blob)
        blobs[id]?.media = media
        return media
    }

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        runtime.onPush(of: "blob") { [self] id in blobs[id]?.holders += 1 }
        try runtime.announce(
            ScriptPart(
                "blobs", source: { PackageResources.blobs_lua },
                functions: [("decart", ["blob", "file", "displayVideo"])], primitives: primitives
            ) { [self] in [methods(), constructors()] })
    }

    // MARK: Rows

    private func constructors() -> ScriptGroup {
        ScriptGroup(
            GroupDescription("decart", type: "Decart", ""), [blobFunction(), Self.fileRow, displayVideoFunction()])
    }

    private func blobFunction() -> ScriptFunction {
        ScriptFunction(
            "blob", "Makes a Blob of bytes, which inputs take as a file.",
            Argument.bytes("bytes", "What is in it."),
            Argument.string("type", "Its media type, such as \"image/png\"."),
            Argument.path("name", "The file name that is sent with it.").optional(),
            gives: [ResultDescription(.named("Blob"))]
        ) { [self] call, bytes, type, name throws(LuaError) in
            call.push(keep(Blob(bytes: bytes, type: type, name: name)))
            return .returns
        }
    }

    private static var fileRow: ScriptFunction {
        .inLua(
            "file", "Names a file on this machine, where an input takes a path, a URL or a Blob.",
            [ParameterDescription("path", .string, "Where it is.")], gives: [ResultDescription(.named("File"))])
    }

    private func displayVideoFunction() -> ScriptFunction {
        ScriptFunction(
            "displayVideo", "Shows a video in the page; without a page it saves it and says where.",
            blobParameter, Argument.path("name", "The file's name; `<job_id>.mp4` unless given.").optional(),
            gives: [ResultDescription(.string, isOptional: true, "Where it was saved; nil if a page shows it.")],
            waits: true, details: "It never replaces a file: another name is taken instead."
        ) { [self] _, held, name throws(LuaError) in
            if let shownVideos {
                guard let media = media(of: held.id, named: name) else { return .returns }
                shownVideos.add(held.blob, shownAs: media, source: held.source, named: name)
                show(media)
                return .returns
            }
            let blob = held.blob
            let source = held.source
            let clock = clock
            try raising { () throws(DecartError) in try files?.check(.write, name ?? ShownVideos.name(of: blob)) }
            return .call { () async throws(DecartError) in
                let path = try await FreePath.save(
                    blob, as: name ?? ShownVideos.name(of: blob), on: clock)
                await source?.saved(at: path)
                return path
            } conclude: { [self] outcome in
                outcome.result { path in
                    note(.saved(blob, to: path.description))
                    return .string(path.bytes)
                }
            }
        }
    }

    private func methods() -> ScriptGroup {
        ScriptGroup(
            GroupDescription(
                "blob", isObject: true, type: "Blob",
                "Bytes and their type: a result, or what `decart.blob` made. A large one lives in a temporary file.",
                fields: [
                    FieldDescription("size", .integer(unit: .bytes), "How many bytes; `#blob` too."),
                    FieldDescription("type", .string, "Its media type, such as \"video/mp4\"."),
                    FieldDescription("name", .string, isOptional: true, "The file name that goes with it."),
                ]),
            [textFunction(), saveFunction()])
    }

    private func textFunction() -> ScriptFunction {
        ScriptFunction(
            "text", "All of its bytes, as a string.", blobReceiver, gives: [ResultDescription(.string)], waits: true
        ) { [self] _, held throws(LuaError) in
            let blob = held.blob
            let clock = clock
            return .call { () async throws(DecartError) in
                try await blob.bytes(on: clock)
            } conclude: {
                $0.result { .string($0) }
            }
        }
    }

    private func saveFunction() -> ScriptFunction {
        ScriptFunction(
            "save", "Saves it as a file, which is replaced only once the new one is whole.", blobReceiver,
            Argument.path("path", "Where; the folder has to be there."), waits: true
        ) { [self] _, held, path throws(LuaError) in
            let blob = held.blob
            let source = held.source
            let clock = clock
            let asked = try raising { () throws(DecartError) in try files.checkOrAsk(.write, path) }
            return .call { () async throws(DecartError) in
                if let asked {
                    try await asked.save(blob, to: path, on: clock)
                } else {
                    try await blob.save(to: path, on: clock)
                }
                await source?.saved(at: path)
            } conclude: {
                $0.result
            }
        }
    }

    private func primitives() -> [ModuleFunction] {
        [
            ModuleFunction("size") { [self] call throws(LuaError) in
                call.push(.integer(Int64(try held(call, 1).blob.size)))
                return .returns
            },
            ModuleFunction("type") { [self] call throws(LuaError) in
                call.push(.text(try held(call, 1).blob.type))
                return .returns
            },
            ModuleFunction("name") { [self] call throws(LuaError) in
                call.push(try held(call, 1).blob.name.map { .string($0.bytes) } ?? .nil)
                return .returns
            },
            // A blob's object was collected.
            ModuleFunction("forget") { [self] call throws(LuaError) in
                if let id = try? call.object(1, kind: "blob") {
                    blobs[id]?.holders -= 1
                    if blobs[id]?.holders == 0 { blobs[id] = nil }
                }
                return .returns
            },
        ]
    }

    // MARK: Arguments

    private struct Given {
        var id: Int
        var blob: Blob
        var source: BlobSource?
    }

    private var blobReceiver: Parameter<Given> {
        Parameter(receiver: "blob") { [self] call, position throws(LuaError) in try held(call, position) }
    }

    private var blobParameter: Parameter<Given> {
        Parameter("blob", .named("Blob"), "The video.") { [self] call, position, _ throws(LuaError) in
            try held(call, position)
        }
    }

    private func held(_ call: borrowing HostCall, _ position: Int) throws(LuaError) -> Given {
        let id = try call.object(position, kind: "blob")
        guard let held = blobs[id] else { throw call.badArgument(position, "this Blob is gone") }
        return Given(id: id, blob: held.blob, source: held.source)
    }
}
