import DecartAPI
import Testing

/// One row: a video model (or image model, by its name), what is given to it, and the fields that must be complained
/// about, in order.
struct ValidationCase: Sendable, CustomTestStringConvertible {
    var model: String
    var inputs: [String: InputValue]
    var problems: [String]

    init(_ model: String, _ inputs: [String: InputValue], _ problems: [String] = []) {
        self.model = model
        self.inputs = inputs
        self.problems = problems
    }

    var testDescription: String {
        let given = inputs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return "\(model) {\(given)} → \(problems)"
    }

    func schema() throws -> InputSchema {
        let isImageModel = ModelCatalog.list(kind: .image).contains { $0.name == model }
        let definition = try ModelCatalog.find(name: model, kind: isImageModel ? .image : .video)
        return definition.inputs ?? .noInputs
    }
}

extension InputValue {
    static let cat = InputValue.text("a cat")
    static let empty = InputValue.text("")
    static let image = InputValue.file(.path("a.png"))
    static let video = InputValue.file(.path("a.mp4"))
    static let url = InputValue.file(.url("https://example.com/a.mp4"))
    static let blob = InputValue.file(.blob(Blob(bytes: [1, 2], type: "image/png")))
    static let yes = InputValue.boolean(true)
    static let no = InputValue.boolean(false)

    static func text(_ text: String) -> InputValue { .bytes(Array(text.utf8)) }

    static func letters(_ count: Int) -> InputValue { .text(String(repeating: "x", count: count)) }

    /// A straight path of so many points.
    static func path(_ count: Int) -> InputValue {
        .json(.array((0..<count).map { ["frame": .integer(Int64($0)), "x": 0.5, "y": 1] }))
    }

    /// A good point and these.
    static func points(_ points: JSONValue...) -> InputValue {
        .json(.array([["frame": 0, "x": 0, "y": 0]] + points))
    }
}
