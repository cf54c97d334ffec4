import DecartAPI
import Testing

@Suite struct FormEncodingTests {
    private let clip = MultipartForm.File(fileName: "a.mp4", contentType: "video/mp4", source: .bytes([1]))

    /// `name=text` or `name@file` of each part.
    private func sent(
        _ model: String, _ inputs: [String: InputValue], files: [String] = []
    ) throws -> [String] {
        try sent(ModelCatalog.find(name: model, kind: .video), inputs, files: files)
    }

    private func sent(
        _ model: ModelDefinition, _ inputs: [String: InputValue], files: [String] = []
    ) throws -> [String] {
        let opened = Dictionary(uniqueKeysWithValues: files.map { ($0, clip) })
        let form = try MultipartForm(model: model, inputs: model.normalised(inputs), files: opened)
        return form.parts.map { part in
            switch part.content {
            case .text(let bytes): "\(part.name)=\(String(decoding: bytes, as: UTF8.self))"
            case .file(let file): "\(part.name)@\(file.fileName)"
            }
        }
    }

    @Test func `fields go in the model's order, files last, resolution always`() throws {
        #expect(
            try sent("lucy-pro-t2v", ["seed": .integer(1), "prompt": .cat]) == [
                "prompt=a cat", "seed=1", "resolution=720p",
            ])
        #expect(
            try sent(
                "lucy-2.5",
                [
                    "self_anchor": .no, "data": .video, "reference_image": .image, "enhance_prompt": .yes,
                    "prompt": .empty,
                ], files: ["data", "reference_image"]) == [
                    "prompt=", "resolution=720p", "enhance_prompt=true", "self_anchor=false", "reference_image@a.mp4",
                    "data@a.mp4",
                ])
        #expect(
            try sent("lucy-pro-t2v", ["prompt": .cat, "resolution": .text("480p")]) == [
                "prompt=a cat", "resolution=480p",
            ])
    }

    @Test func `what was not given is not sent`() throws {
        #expect(try sent("lucy-2.5", ["data": .video], files: ["data"]) == ["resolution=720p", "data@a.mp4"])
    }

    @Test func `a whole number goes out without a fraction`() throws {
        #expect(try sent("lucy-pro-t2v", ["prompt": .cat, "seed": .number(42)]).contains("seed=42"))
    }

    @Test func `a trajectory is one field of JSON`() throws {
        let points: JSONValue = [["frame": .number(0), "x": 0.5, "y": 1], ["frame": 1, "x": .number(2), "y": 0.25]]
        #expect(
            try sent("lucy-motion", ["trajectory": .json(points), "data": .image], files: ["data"]) == [
                #"trajectory=[{"frame":0,"x":0.5,"y":1},{"frame":1,"x":2,"y":0.25}]"#, "resolution=720p", "data@a.mp4",
            ])
    }

    @Test func `text goes out byte for byte`() throws {
        let bytes: [UInt8] = [0x22, 0x0D, 0x0A, 0xE2, 0x82, 0xAC]
        let model = try ModelCatalog.find(name: "lucy-pro-t2v", kind: .video)
        let form = try MultipartForm(model: model, inputs: ["prompt": .bytes(bytes)], files: [:])
        guard case .text(let sent) = form.parts.first?.content else {
            Issue.record("the prompt is not sent as text")
            return
        }
        #expect(sent == bytes)
    }

    @Test func `a custom model's fields go by name, unchecked, files last`() throws {
        let model = ModelDefinition(name: "my-model", kind: .video, jobsPath: "/v1/jobs/my-model")
        #expect(
            try sent(
                model,
                [
                    "zeta": .number(2), "alpha": .boolean(false), "data": .text("a.mp4"), "mid": .json(["k": 1.0]),
                    "ratio": .number(0.5), "none": .empty, "mask": .image, "big": .number(1e300), "neg": .integer(-3),
                ], files: ["data", "mask"]) == [
                    "alpha=false", "big=1e+300", "mid={\"k\":1}", "neg=-3", "none=", "ratio=0.5", "zeta=2",
                    "data@a.mp4",
                    "mask@a.mp4",
                ])
        #expect(try sent(model, [:]).isEmpty)
    }

    @Test func `a job never leaves without its file`() throws {
        let error = #expect(throws: DecartError.self) {
            try sent("lucy-clip", ["prompt": .cat, "data": .video])
        }
        #expect(error?.code == .invalidInput)
        #expect(error?.message.contains("data is a file that was not opened (got the file \"a.mp4\")") == true)
    }
}
