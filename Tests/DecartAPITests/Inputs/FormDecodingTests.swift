import DecartAPI
import Testing

@Suite struct FormDecodingTests {
    @Test(arguments: [
        ("seed", "42", InputValue.integer(42)), ("seed", "-1", .integer(-1)), ("seed", "4.5", .text("4.5")),
        ("seed", "", .empty), ("seed", " 1", .text(" 1")),
        ("seed", "99999999999999999999", .text("99999999999999999999")),
        ("enhance_prompt", "true", .yes), ("enhance_prompt", "True", .yes), ("enhance_prompt", "1", .yes),
        ("enhance_prompt", "false", .no), ("enhance_prompt", "off", .no), ("enhance_prompt", "maybe", .text("maybe")),
        ("enhance_prompt", "", .empty), ("prompt", "42", .text("42")), ("resolution", "720p", .text("720p")),
        ("data", "/etc/passwd", .json("/etc/passwd")),
    ])
    func `a text part means what its field says`(name: String, text: String, value: InputValue) throws {
        let field = try #require(InputSchema.videoEdit.fields.first { $0.name == name })
        #expect(field.value(ofFormText: Array(text.utf8)) == value)
    }

    @Test func `a trajectory is read from its JSON`() throws {
        let field = try #require(InputSchema.motion.fields.first { $0.name == "trajectory" })
        #expect(field.value(ofFormText: Array("[1]".utf8)) == .json([1]))
        #expect(field.value(ofFormText: Array("[{'frame': 1}]".utf8)) == .text("[{'frame': 1}]"))
    }

    @Test func `what the client sends, the receiver takes`() throws {
        let model = try ModelCatalog.find(name: "lucy-motion", kind: .video)
        let schema = try #require(model.inputs)
        let file = MultipartForm.File(fileName: "a.png", contentType: "image/png", source: .bytes([1]))
        let form = try MultipartForm(
            model: model, inputs: ["data": .image, "trajectory": .path(3), "seed": .integer(5)],
            files: ["data": file])
        var received: [String: InputValue] = [:]
        for part in form.parts {
            let field = try #require(schema.fields.first { $0.name == part.name })
            switch part.content {
            case .text(let bytes): received[part.name] = field.value(ofFormText: bytes)
            case .file: received[part.name] = .blob
            }
        }
        #expect(schema.check(received) == [])
        #expect(received["seed"] == .integer(5))
    }

    @Test func `a path in place of a file is refused by the receiver`() throws {
        let field = try #require(InputSchema.videoEdit.fields.first { $0.name == "data" })
        let received = field.value(ofFormText: Array("/etc/passwd".utf8))
        #expect(InputSchema.videoEdit.check(["prompt": .cat, "data": received]).map(\.field) == ["data"])
    }
}
