import DecartAPI

/// Inputs for a model, good and bad: every field with every value that lies on one side or the other of some rule, and
/// as many at random. The same for the same seed.
struct InputGenerator {
    let model: ModelDefinition
    let schema: InputSchema
    private var random: UInt64

    init(_ model: ModelDefinition, seed: UInt64) {
        self.model = model
        schema = model.inputs ?? .noInputs
        random = seed
    }

    static let values: [InputValue] =
        [
            .boolean(true), .boolean(false), .number(42), .number(42.5), .number(-0.0), .number(1e20),
            .json([]), .json([1]),
        ]
        + [0, 1, 7, -1, 4_294_967_295, 4_294_967_296, .min].map { .integer($0) }
        + ["", " ", "x", "42", "true", "yes", "720p", "480p", "8k", "a.mp4", "https://example.com/a.mp4", "a\u{0}b"]
        .map { text($0) }
        + [1000, 1001].flatMap { [text(String(repeating: "x", count: $0)), text(String(repeating: "😀", count: $0))] }
        + [.file(.path("a.mp4")), .json([["frame": 0, "x": 0, "y": 0], ["frame": 1.0, "x": 0.5, "y": 1]])]

    /// What a field is given so that nothing is wrong with it.
    private var usual: [String: InputValue] {
        var inputs: [String: InputValue] = [:]
        for field in schema.fields where field.required {
            switch field.kind {
            case .imageFile, .videoFile, .anyFile: inputs[field.name] = .file(.path("a.mp4"))
            case .trajectory: inputs[field.name] = Self.values.last
            default: inputs[field.name] = Self.text("a cat")
            }
        }
        if let first = schema.exactlyOneOf.first { inputs[first] = Self.text("a cat") }
        return inputs
    }

    /// Every value in every field, and every field left out, the others being as they should.
    func boundaries() -> [[String: InputValue]] {
        let names = schema.fields.map(\.name) + ["nonsense"]
        return names.flatMap { name in
            ([nil] + Self.values.map { Optional($0) }).map { value in
                var inputs = usual
                inputs[name] = value
                return inputs
            }
        }
    }

    mutating func anything() -> [String: InputValue] {
        var inputs = usual
        for name in schema.fields.map(\.name) + ["nonsense"] {
            switch below(4) {
            case 0: inputs[name] = Self.values[below(Self.values.count)]
            case 1: inputs[name] = nil
            default: break
            }
        }
        return inputs
    }

    private mutating func below(_ bound: Int) -> Int {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((random >> 33) % UInt64(bound))
    }

    static func text(_ text: String) -> InputValue { .bytes(Array(text.utf8)) }
}
