import DecartAPI
import Foundation
import TestSupport
import Testing

/// The rules for inputs beside those of the public Python SDK, for every model that both know. They are allowed to
/// differ where a row below says why, and nowhere else.
@Suite(.timeLimit(.minutes(5)))
struct SDKInputTests {
    struct Difference: Sendable {
        var fields: Set<String>
        var isOurs: Bool
        var why: String
        /// Whether it is about that value; nil: the field was left out.
        var covers: @Sendable (InputValue?) -> Bool
    }

    private static func scalars(_ value: InputValue?) -> Int? {
        guard case .bytes(let bytes)? = value else { return nil }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.count
    }

    private static func hasNUL(_ value: InputValue?) -> Bool {
        if case .bytes(let bytes)? = value { bytes.contains(0) } else { false }
    }

    /// What only we refuse, and what only the SDK refuses.
    static let differences = [
        Difference(
            fields: ["nonsense", "self_anchor"], isOurs: true,
            why: "the SDK drops names that it does not know"
        ) {
            $0 != nil
        },
        Difference(
            fields: ["prompt", "data", "reference_image"], isOurs: true,
            why: "a NUL ends the text for many readers"
        ) {
            hasNUL($0)
        },
        Difference(
            fields: ["data", "reference_image"], isOurs: true,
            why: "the SDK finds an empty path only on opening it"
        ) {
            scalars($0) == 0
        },
        Difference(fields: ["seed"], isOurs: true, why: "the SDK has no bounds; the service takes 32 bits") { value in
            switch value {
            case .integer(let integer)?: !(0...4_294_967_295).contains(integer)
            case .number(let number)?: number > 4_294_967_295
            default: false
            }
        },
        Difference(fields: ["seed"], isOurs: true, why: "the SDK turns text and booleans into numbers") { value in
            switch value {
            case .boolean?, .bytes?: true
            default: false
            }
        },
        Difference(fields: ["resolution"], isOurs: true, why: "the SDK leaves the words to the service") {
            scalars($0) != nil
        },
        Difference(fields: ["enhance_prompt"], isOurs: true, why: "the SDK turns 0, 1 and words into booleans") {
            value in
            switch value {
            case .integer(0)?, .integer(1)?, .number?, .bytes?: true
            default: false
            }
        },
        Difference(
            fields: ["prompt"], isOurs: false,
            why: "the bound of 1000 went from the JavaScript SDK in June 2026"
        ) {
            (scalars($0) ?? 0) > 1000
        },
        Difference(fields: ["prompt"], isOurs: false, why: "the service takes a missing prompt for an empty one") {
            $0 == nil
        },
    ]

    @Test func `inputs are taken and refused as by the Python SDK, but for what is known`() async throws {
        var cases: [(model: ModelDefinition, inputs: [String: InputValue])] = []
        for model in ModelCatalog.list() where model.kind != .realtime {
            var generator = InputGenerator(model, seed: UInt64(cases.count))
            cases += generator.boundaries().map { (model, $0) }
            for _ in 0..<100 { cases.append((model, generator.anything())) }
        }
        let theirs = try await Self.complaints(about: cases)
        #expect(theirs.count == cases.count)
        var known: Set<String> = []
        var used: Set<String> = []
        for ((model, inputs), theirs) in zip(cases, theirs) {
            guard let theirs else { continue }
            // Other tests share these threads.
            await Task.yield()
            known.insert("\(model.kind) \(model.name)")
            let schema = try #require(model.inputs)
            let problems = schema.check(inputs)
            let isTogether = { (problem: InputProblem) in
                ["exactly one of", "only together with"].contains { problem.rule.contains($0) }
            }
            let ours = Set(problems.filter { !isTogether($0) }.map(\.field))
            for field in ours.symmetricDifference(theirs.subtracting(["*"])) {
                let row = Self.differences.first {
                    $0.fields.contains(field) && $0.isOurs == ours.contains(field) && $0.covers(inputs[field])
                }
                #expect(
                    row != nil,
                    "\(model.name), \(field): \(inputs), ours \(ours.sorted()), theirs \(theirs.sorted())")
                if let row { used.insert(row.why) }
            }
            // The SDK looks at the fields together only once each by itself is good.
            if theirs.isSubset(of: ["*"]) {
                #expect(problems.contains(where: isTogether) == theirs.contains("*"), "\(model.name): \(inputs)")
            }
        }
        #expect(known.count >= 13, "\(known.sorted())")
        #expect(Set(Self.differences.map(\.why)).subtracting(used).isEmpty, "rows that nothing needs any more")
    }

    private static func complaints(
        about cases: [(model: ModelDefinition, inputs: [String: InputValue])]
    ) async throws -> [Set<String>?] {
        let lines = cases.map { model, inputs in
            let values = inputs.mapValues { value -> JSONValue in
                switch value {
                case .boolean(let flag): .bool(flag)
                case .integer(let integer): .integer(integer)
                case .number(let number): .number(number)
                case .bytes(let bytes): .string(String(decoding: bytes, as: UTF8.self))
                case .json(let value): value
                case .file: ["$file": "a.mp4"]
                }
            }
            let line: JSONValue = [
                "kind": .string(model.kind.rawValue), "model": .string(model.name), "inputs": .object(values),
            ]
            return String(decoding: line.serialized(), as: UTF8.self)
        }
        let scratch = try ScratchFolder()
        let cases = try scratch.write("cases", lines.joined(separator: "\n"))
        let script = Repository.root + "/Tests/ConformanceTests/sdk_inputs.py"
        let command = "exec \"$0\" newest \"$1\" \"$2\" >\"$3\""
        let outcome = try await ChildProgram("/bin/bash").run([
            "-c", command, Repository.root + "/scripts/python-sdk", script, cases, scratch.file("output"),
        ])
        #expect(outcome.exitCode != 3, "The Python SDK could not be installed, so this proves nothing.")
        #expect(outcome.exitCode == 0)
        let answers = (scratch.text("output") ?? "").split(separator: "\n")
        return try answers.map { line in
            guard case .array(let fields) = try JSONValue(parsing: String(line)) else { return nil }
            return Set(fields.compactMap(\.text))
        }
    }
}
