import DecartAPI
import Testing

@Suite struct ModelCatalogTests {
    @Test func `there are 57 models, 28 for video, 4 for images, 25 realtime`() {
        #expect(ModelCatalog.list().count == 57)
        #expect(ModelCatalog.list(kind: .video).count == 28)
        #expect(ModelCatalog.list(kind: .image).count == 4)
        #expect(ModelCatalog.list(kind: .realtime).count == 25)
    }

    @Test func `canonical models are the current ones`() {
        #expect(
            ModelCatalog.list(kind: .video, canonicalOnly: true).map(\.name) == [
                "lucy-2.1", "lucy-2.5", "lucy-2.6", "lucy-clip", "lucy-restyle-2", "lucy-vton-2", "lucy-vton-3",
                "lucy-vton-3.5", "lucy-vton-3.6",
            ])
        #expect(ModelCatalog.list(kind: .image, canonicalOnly: true).map(\.name) == ["lucy-image-2"])
        #expect(ModelCatalog.list(canonicalOnly: true).count == 19)
    }

    @Test func `names are unique within a kind`() {
        for kind in ModelDefinition.Kind.allCases {
            let names = ModelCatalog.list(kind: kind).map(\.name)
            #expect(Set(names).count == names.count)
        }
    }

    @Test func `every listed model is found again`() throws {
        for model in ModelCatalog.list() {
            #expect(try ModelCatalog.find(name: model.name, kind: model.kind) == model)
        }
    }

    @Test func `job models have both paths and realtime models a stream`() {
        for model in ModelCatalog.list() {
            if model.kind == .realtime {
                #expect(model.jobsPath == nil && model.generatePath == nil && model.inputs == .noInputs)
                #expect(model.streamPath == (model.name == "avatar-live" ? "/v1/avatar-live/stream" : "/v1/stream"))
            } else {
                #expect(model.jobsPath == "/v1/jobs/\(model.name)")
                #expect(model.generatePath == "/v1/generate/\(model.name)")
                #expect(model.streamPath == nil && model.inputs?.fields.isEmpty == false)
            }
        }
    }

    @Test func `deprecated models name a successor that is current, and only they do`() throws {
        for model in ModelCatalog.list() {
            #expect((model.use != nil) == (model.state == .deprecated))
            guard let use = model.use else { continue }
            #expect(try ModelCatalog.find(name: use, kind: model.kind).state == .current)
        }
    }

    struct Row: Sendable {
        var name: String
        var kind: ModelDefinition.Kind
        var state: ModelDefinition.State
        var fps: Int
        var size: [Int]
        var inputs: InputSchema

        init(
            _ name: String, _ kind: ModelDefinition.Kind, _ state: ModelDefinition.State, _ fps: Int, _ size: [Int],
            _ inputs: InputSchema
        ) {
            (self.name, self.kind, self.state, self.fps, self.size, self.inputs) =
                (name, kind, state, fps, size, inputs)
        }
    }

    @Test(arguments: [
        Row("lucy-2.5", .video, .current, 20, [1280, 720], .videoEdit2),
        Row("lucy-clip", .video, .current, 25, [1280, 704], .videoEdit),
        Row("lucy-restyle-2", .video, .current, 22, [1280, 704], .restyle),
        Row("lucy-vton-3", .video, .current, 20, [1088, 624], .videoEdit2),
        Row("lucy-latest", .video, .rolling, 20, [1280, 720], .videoEdit2),
        Row("lucy-motion-latest", .video, .rolling, 25, [1280, 704], .motion),
        Row("lucy-pro-v2v", .video, .deprecated, 25, [1280, 704], .videoEdit),
        Row("lucy-pro-t2v", .video, .retired, 25, [1280, 704], .text),
        Row("lucy-pro-i2v", .video, .retired, 25, [1280, 704], .imageToVideo),
        Row("lucy-dev-i2v", .video, .retired, 25, [1280, 704], .imageToVideoDev),
        Row("lucy-pro-flf2v", .video, .retired, 25, [1280, 704], .firstLastFrame),
        Row("lucy-fast-v2v", .video, .retired, 25, [1280, 720], .videoFast),
        Row("lucy-image-2", .image, .current, 25, [1280, 704], .imageEdit),
        Row("lucy-pro-t2i", .image, .retired, 25, [1280, 704], .text),
        Row("lucy-2", .realtime, .retired, 20, [1088, 624], .noInputs),
        Row("mirage_v2", .realtime, .current, 30, [1280, 704], .noInputs),
    ])
    func `a model has its published size, speed and inputs`(row: Row) throws {
        let model = try ModelCatalog.find(name: row.name, kind: row.kind)
        #expect(model.state == row.state)
        #expect(model.fps == row.fps)
        #expect([model.width, model.height] == row.size)
        #expect(model.inputs == row.inputs)
    }

    @Test func `an unknown name is MODEL_NOT_FOUND with the nearest names and the way around`() {
        let error = #expect(throws: DecartError.self) { try ModelCatalog.find(name: "lucy-pro-t2vv", kind: .video) }
        #expect(error?.code == .modelNotFound)
        #expect(error?.data["nearest"] == ["lucy-pro-t2v", "lucy-pro-v2v", "lucy-pro-i2v"])
        #expect(error?.message.contains("There is no video model \"lucy-pro-t2vv\"") == true)
        #expect(error?.message.contains("\"lucy-pro-t2v\", \"lucy-pro-v2v\", \"lucy-pro-i2v\"") == true)
        #expect(error?.message.contains("{ name = ") == true)
        #expect(error?.message.contains("queueUrlPath = ") == true)
        #expect(error?.message.contains(" urlPath = ") == true)
    }

    @Test(arguments: ["", "LUCY-CLIP ", "gpt", "\u{0}", "lucy-clip\n"])
    func `no unknown name finds a model`(name: String) {
        let error = #expect(throws: DecartError.self) { try ModelCatalog.find(name: name, kind: .video) }
        #expect(error?.code == .modelNotFound)
    }

    @Test func `a name of another kind says which`() {
        let error = #expect(throws: DecartError.self) { try ModelCatalog.find(name: "lucy-pro-t2i", kind: .video) }
        #expect(error?.message.contains("There is an image model of that name: use models.image.") == true)
    }

    @Test func `a very long name is shortened in the message`() {
        let name = String(repeating: "lucy", count: 100_000)
        let error = #expect(throws: DecartError.self) { try ModelCatalog.find(name: name, kind: .video) }
        #expect((error?.message.utf8.count ?? .max) < 600)
    }
}
