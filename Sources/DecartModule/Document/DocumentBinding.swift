internal import LiveDocument
internal import LuaVM
internal import ScriptReference
internal import ScriptRuntime

/// The global `document`: the state of the script's UI, and the elements' callbacks.
final class DocumentBinding {
    /// What renderers show.
    var document = LiveDocument()
    /// The way of what people do in a renderer to the script; there once the module is installed.
    private(set) var events: EventDelivery?
    /// How many elements have callbacks.
    var listeners = 0
    /// Whether some renderer may deliver events, now or later. The run does not end then as long as an element has a
    /// callback.
    private let takesEvents: () -> Bool
    /// What `src` may be set to.
    weak var blobs: BlobBinding?

    init(takesEvents: @escaping () -> Bool) {
        self.takesEvents = takesEvents
    }

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        runtime.describe { [Self.eventRecord] }
        try runtime.announce(
            ScriptPart(
                "elements", source: { PackageResources.elements_lua },
                functions: [("document", ["getElementById", "createElement"])],
                provides: ["document_field", "set_document_field", "deliver"], primitives: primitives
            ) { [Self.documentGroup, Self.elementGroup] })
        let dispatcher = try runtime.loadModule(PackageResources.document_lua, name: "document")
        events = EventDelivery(runtime: runtime, dispatcher: dispatcher)
        runtime.keepAlive { [self] in listeners > 0 && takesEvents() }
    }

    /// As the document's last element, for which the script has no object.
    func show(_ media: MediaBlob) {
        let video = document.createElement(.video)
        document.set(.src, of: video, to: .media(.blob(media)))
        document.append(video, to: .body)
        document.letGo(of: video)
    }
}
