import DecartAPI
import Testing

@Suite struct InputValidationTests {
    @Test(arguments: ValidationCase.text + ValidationCase.video + ValidationCase.image)
    func `inputs are complained about field by field`(row: ValidationCase) throws {
        let schema = try row.schema()
        let problems = schema.check(row.inputs)
        #expect(problems.map(\.field) == row.problems, "\(problems)")
        #expect(schema.check(schema.normalised(row.inputs)) == problems)
    }

    @Test(arguments: ValidationCase.text + ValidationCase.video + ValidationCase.image)
    func `every complaint tells its rule and what was given, and stays short`(row: ValidationCase) throws {
        for problem in try row.schema().check(row.inputs) {
            #expect(!problem.rule.isEmpty && problem.given?.isEmpty == false)
            #expect(problem.description.utf8.count < 400)
            #expect(problem.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
    }

    @Test(arguments: [
        (["seed": InputValue.integer(-1)], "seed must be an integer from 0 to 4294967295 (got -1)"),
        (["seed": .number(1.5)], "seed must be an integer from 0 to 4294967295 (got 1.5)"),
        (["resolution": .text("8k")], "resolution must be \"720p\" or \"480p\" (got \"8k\")"),
        (["prompt": .empty], "prompt must not be empty (got \"\")"),
        (["prompt": .image], "prompt must be text (got the file \"a.png\")"),
        (["prompt": .bytes([0x61, 0xFF])], "prompt must be text in UTF-8 (got \"a\u{FFFD}\")"),
        (["prompt": .text("a\u{0}")], "prompt must not contain a NUL character (got \"a\\u{0}\")"),
        (
            ["prompt": .letters(1001)],
            "prompt must be at most 1000 characters (got 1001 characters, "
                + "\"\(String(repeating: "x", count: 40))…\" (1001 bytes))"
        ),
        (
            ["promt": .yes],
            "promt is not an input of this model, which takes prompt, seed, resolution, orientation; "
                + "did you mean prompt? (got true)"
        ),
        (
            ["zzzzzzzz": .yes],
            "zzzzzzzz is not an input of this model, which takes prompt, seed, resolution, orientation (got true)"
        ),
        (
            ["a\nb": .yes],
            "\"a\\nb\" is not an input of this model, which takes prompt, seed, resolution, orientation (got true)"
        ),
    ])
    func `a complaint is a sentence`(inputs: [String: InputValue], sentence: String) throws {
        let problems = InputSchema.text.check(["prompt": .cat].merging(inputs) { _, new in new })
        #expect(problems.map(\.description) == [sentence])
    }

    @Test func `a missing field and a choice left open say so`() {
        #expect(InputSchema.text.check([:]).map(\.description) == ["prompt is required (got nothing)"])
        #expect(
            InputSchema.restyle.check(["data": .video]).map(\.description) == [
                "prompt is missing: exactly one of prompt or reference_image is required (got neither)"
            ])
        #expect(
            InputSchema.restyle.check(["data": .video, "prompt": .cat, "reference_image": .image]).map(\.description)
                == [
                    "reference_image is one too many: exactly one of prompt or reference_image is allowed "
                        + "(got prompt and reference_image)"
                ])
    }

    @Test func `a trajectory's first bad point is told, and how many there are`() {
        let problems = InputSchema.motion.check([
            "data": .image, "trajectory": .points(["frame": 1, "x": 1], ["frame": 1, "y": 1]),
        ])
        #expect(
            problems.map(\.description) == [
                "trajectory must be points { frame=, x=, y= } whose numbers are finite and 0 or more "
                    + "(got no y in point 2, 2 wrong points in all)"
            ])
    }

    @Test func `all problems of one call are one INVALID_INPUT`() {
        let problems = InputSchema.text.check(["seed": .integer(-1)])
        let error = DecartError.invalidInput(problems, model: "lucy-pro-t2v")
        #expect(error.code == .invalidInput)
        #expect(
            error.message == "The job for \"lucy-pro-t2v\" was not sent: prompt is required (got nothing); "
                + "seed must be an integer from 0 to 4294967295 (got -1).")
        #expect(
            error.data["problems"] == [
                ["field": "prompt", "rule": "is required", "given": "nothing"],
                ["field": "seed", "rule": "must be an integer from 0 to 4294967295", "given": "-1"],
            ])
        #expect(!error.retryable)
    }

    @Test func `the secret part of a signed address is not shown`() {
        let value = InputValue.file(.url("https://example.com/a.mp4?signature=secret"))
        #expect(InputSchema.text.check(["prompt": value]).first?.given == "the URL \"https://example.com/a.mp4\"")
    }
}
