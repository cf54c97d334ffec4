import DecartAPI
import Testing

@Suite struct InputNormalisingTests {
    @Test(arguments: [
        ("a.mp4", FileInput.path("a.mp4")), ("/tmp/é.mp4", .path("/tmp/é.mp4")), ("", .path("")),
        ("http://x/a", .url("http://x/a")), ("HTTPS://x/a", .url("HTTPS://x/a")), ("httpx://a", .path("httpx://a")),
        ("https.mp4", .path("https.mp4")), ("ftp://x/a", .path("ftp://x/a")), ("http:/", .path("http:/")),
    ])
    func `text in a file field is a URL or a path`(text: String, file: FileInput) {
        #expect(InputSchema.videoEdit.normalised(["data": .text(text)]) == ["data": .file(file)])
    }

    @Test func `a path need not be text`() {
        let path = FileInput.path(BytePath(bytes: [0xFF]))
        #expect(InputSchema.videoEdit.normalised(["data": .bytes([0xFF])]) == ["data": .file(path)])
    }

    @Test func `a whole number in an integer field is an integer`() {
        #expect(InputSchema.text.normalised(["seed": .number(42)]) == ["seed": .integer(42)])
        #expect(InputSchema.text.normalised(["seed": .number(42.5)]) == ["seed": .number(42.5)])
        #expect(InputSchema.text.normalised(["seed": .number(1e30)]) == ["seed": .number(1e30)])
    }

    @Test func `what needs no change or is unknown stays`() {
        let inputs: [String: InputValue] = ["prompt": .cat, "other": .number(1), "data": .number(7)]
        #expect(InputSchema.videoEdit.normalised(inputs) == inputs)
        #expect(InputSchema.videoEdit.normalised(["data": .blob]) == ["data": .blob])
    }

    @Test func `a custom model's files are the fields that hold files everywhere`() {
        let model = ModelDefinition(name: "my-model", kind: .video)
        let inputs: [String: InputValue] = [
            "data": .text("a.mp4"), "start": .text("http://x/a.png"), "mask": .text("b.png"), "end": .integer(3),
        ]
        #expect(
            model.normalised(inputs) == [
                "data": .file(.path("a.mp4")), "start": .file(.url("http://x/a.png")), "mask": .text("b.png"),
                "end": .integer(3),
            ])
    }
}
