import DecartAPI

/// What a clip should show: everything known about its job.
struct ClipOrder: Hashable, Sendable {
    enum Source: Hashable, Sendable {
        /// A file in the queue's folder.
        case image(String)
        case video(String)
    }

    var jobID: String
    var prompt: String
    /// True: one PNG; false: an MP4.
    var isStill: Bool
    /// Pixels, even.
    var width: Int
    var height: Int
    /// Frames per second.
    var fps: Int
    /// The upload to make it from, if there is one.
    var source: Source?

    init(_ record: JobRecord) {
        self.init(
            id: record.id, model: JobModels.find(record.model), prompt: record.text(of: "prompt") ?? "",
            uploads: record.uploads)
    }

    init(id: String, model: ModelDefinition?, prompt: String, uploads: [Upload]) {
        jobID = id
        self.prompt = prompt
        isStill = model?.kind == .image
        // Clips are half the model's size: a quarter of the work, and still good to watch.
        let scale = isStill ? 1 : 2
        width = max(16, (model?.width ?? 1280) / scale / 2 * 2)
        height = max(16, (model?.height ?? 720) / scale / 2 * 2)
        fps = min(60, max(1, model?.fps ?? 25))
        source = Self.source(of: uploads, in: model?.inputs)
    }

    /// The first of the model's file fields that was given: the video or first frame, before any reference.
    private static func source(of uploads: [Upload], in schema: InputSchema?) -> Source? {
        let fields = (schema?.fields ?? []).filter(\.isFile).sorted { $0.required && !$1.required }
        for field in fields {
            guard let upload = uploads.last(where: { $0.field == field.name }), upload.size > 0 else { continue }
            return field.kind == .videoFile ? .video(upload.fileName) : .image(upload.fileName)
        }
        return nil
    }
}
