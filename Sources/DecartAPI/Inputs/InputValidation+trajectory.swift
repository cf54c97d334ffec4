extension InputField {
    func checkTrajectory(_ value: InputValue, count: ClosedRange<Int>) -> [InputProblem] {
        guard case .json(.array(let points)) = value else {
            return [problem("must be a list of points { frame=, x=, y= }", value.description)]
        }
        var problems: [InputProblem] = []
        if !count.contains(points.count) {
            problems.append(
                problem("must have \(count.lowerBound) to \(count.upperBound) points", "\(points.count)"))
        }
        // One bad point is reported in full: a list built by a loop has the same fault in every point.
        let faults = points.enumerated().lazy.compactMap { index, point in
            Self.fault(of: point).map { (index: index, text: $0) }
        }
        if let first = faults.first {
            let count = faults.count
            let more = count > 1 ? ", \(count) wrong points in all" : ""
            problems.append(
                problem(
                    "must be points { frame=, x=, y= } whose numbers are finite and 0 or more",
                    "\(first.text) in point \(first.index + 1)\(more)"))
        }
        return problems
    }

    private static func fault(of point: JSONValue) -> String? {
        guard case .object(let members) = point else { return InputValue.json(point).description }
        for name in ["frame", "x", "y"] {
            switch members[name] {
            case .integer(let integer) where integer >= 0: continue
            case .number(let number) where number >= 0 && number.isFinite: continue
            case .number(let number): return "\(name) = \(number)"
            case .some(let other): return "\(name) = \(InputValue.json(other))"
            case nil: return "no \(name)"
            }
        }
        return nil
    }
}
