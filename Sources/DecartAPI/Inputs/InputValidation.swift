internal import PlainErrors

extension InputSchema {
    /// Every problem with `inputs`, normalised or not; empty if they may be sent. First the fields in their order, then
    /// the rules between fields, then names that are not fields.
    ///
    /// Pure rules: whether a file exists and can be read is checked when it is opened.
    public func check(_ inputs: [String: InputValue]) -> [InputProblem] {
        var problems: [InputProblem] = []
        for field in fields {
            if let value = inputs[field.name] {
                problems += field.check(field.normalised(value))
            } else if field.required {
                problems.append(InputProblem(field: field.name, rule: "is required", given: "nothing"))
            }
        }
        return problems + checkTogether(inputs) + checkNames(inputs)
    }

    private func checkTogether(_ inputs: [String: InputValue]) -> [InputProblem] {
        var problems: [InputProblem] = []
        if let first = exactlyOneOf.first, !exactlyOneOf.contains(where: { inputs[$0] != nil }) {
            let choice = exactlyOneOf.joined(separator: " or ")
            problems.append(
                InputProblem(field: first, rule: "is missing: exactly one of \(choice) is required", given: "neither"))
        }
        for (fields, rule) in [(exactlyOneOf, "exactly one"), (atMostOneOf, "at most one")] {
            let given = fields.filter { inputs[$0] != nil }
            guard given.count > 1, let last = given.last else { continue }
            problems.append(
                InputProblem(
                    field: last, rule: "is one too many: \(rule) of \(fields.joined(separator: " or ")) is allowed",
                    given: given.joined(separator: " and ")))
        }
        for requirement in onlyWith where inputs[requirement.with] == nil {
            guard let value = inputs[requirement.field] else { continue }
            problems.append(
                InputProblem(
                    field: requirement.field, rule: "is allowed only together with \(requirement.with)",
                    given: value.description))
        }
        return problems
    }

    private func checkNames(_ inputs: [String: InputValue]) -> [InputProblem] {
        let known = fields.map(\.name)
        return inputs.keys.filter { !known.contains($0) }.sorted().map { name in
            let nearest = Spelling.nearest(to: name, among: known, limit: 1, onlyLikely: true)
            let list = known.isEmpty ? "none" : known.joined(separator: ", ")
            let hint = nearest.first.map { "; did you mean \($0)?" } ?? ""
            return InputProblem(
                field: name, rule: "is not an input of this model, which takes \(list)\(hint)",
                given: inputs[name]?.description)
        }
    }
}

extension InputField {
    /// The problems with one normalised value.
    fileprivate func check(_ value: InputValue) -> [InputProblem] {
        switch kind {
        case .text(let min, let max): checkText(value, min: min, max: max)
        case .integer(let range): checkInteger(value, range)
        case .integerOrWord(let range, let word): checkInteger(value, range, or: word)
        case .boolean: checkBoolean(value)
        case .choice(let words): checkChoice(value, words)
        case .imageFile: checkFile(value, holds: "an image")
        case .videoFile: checkFile(value, holds: "a video")
        case .anyFile: checkFile(value, holds: "a file")
        case .trajectory(let count): checkTrajectory(value, count: count)
        }
    }

    func problem(_ rule: String, _ given: String) -> InputProblem {
        InputProblem(field: name, rule: rule, given: given)
    }

    private func checkText(_ value: InputValue, min: Int, max: Int?) -> [InputProblem] {
        guard case .bytes(let bytes) = value else { return [problem("must be text", value.description)] }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return [problem("must be text in UTF-8", value.description)]
        }
        var problems: [InputProblem] = []
        let count = text.unicodeScalars.count
        if count < min {
            problems.append(problem("must not be empty", value.description))
        } else if let max, count > max {
            problems.append(
                problem("must be at most \(max) characters", "\(count) characters, \(Excerpt.quoted(bytes))"))
        }
        // No model has a use for a NUL, and whatever reads the text next may well stop there.
        if bytes.contains(0) { problems.append(problem("must not contain a NUL character", value.description)) }
        return problems
    }

    private func checkInteger(
        _ value: InputValue, _ range: ClosedRange<Int64>, or word: String? = nil
    ) -> [InputProblem] {
        switch value {
        case .integer(let integer) where range.contains(integer): return []
        case .bytes(let bytes) where word.map({ $0.utf8.elementsEqual(bytes) }) ?? false: return []
        default:
            let other = word.map { " or \"\($0)\"" } ?? ""
            return [
                problem("must be an integer from \(range.lowerBound) to \(range.upperBound)\(other)", value.description)
            ]
        }
    }

    private func checkBoolean(_ value: InputValue) -> [InputProblem] {
        if case .boolean = value { return [] }
        return [problem("must be true or false", value.description)]
    }

    private func checkChoice(_ value: InputValue, _ words: [String]) -> [InputProblem] {
        if case .bytes(let bytes) = value, words.contains(where: { $0.utf8.elementsEqual(bytes) }) { return [] }
        let list = words.map { "\"\($0)\"" }.joined(separator: " or ")
        return [problem("must be \(list)", value.description)]
    }

    private func checkFile(_ value: InputValue, holds content: String) -> [InputProblem] {
        let rule = "must be \(content): a path, an http(s) URL or a Blob"
        switch value {
        case .file(.path(let path)):
            if path.bytes.isEmpty { return [problem(rule, "an empty path")] }
            return path.bytes.contains(0) ? [problem("must not contain a NUL character", value.description)] : []
        case .file(.url(let url)):
            return url.utf8.contains(0) ? [problem("must not contain a NUL character", value.description)] : []
        case .file(.blob): return []
        default: return [problem(rule, value.description)]
        }
    }
}
