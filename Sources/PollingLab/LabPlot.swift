import Glibc

/// Polls against delay as SVG, both on logarithmic scales: where polls × delay is the same, points lie on a line.
struct LabPlot {
    let report: LabReport

    private static let width = 720.0
    private static let height = 440.0
    private static let left = 64.0
    private static let right = 20.0
    private static let top = 16.0
    private static let bottom = 48.0

    /// A scale of whole decades' tenths around what is to be shown.
    private struct Axis {
        var low: Double
        var high: Double
        var from: Double
        var to: Double

        init(_ values: [Double], from: Double, to: Double) {
            let low = values.min() ?? 1
            let high = values.max() ?? 10
            // A third of a decade around, and never so narrow that the lines lose their slope.
            let middle = (low * high).squareRoot()
            self.low = min(low / 2, middle / 4)
            self.high = max(high * 2, middle * 4)
            self.from = from
            self.to = to
        }

        func place(_ value: Double) -> Double {
            from + (to - from) * (log(value) - log(low)) / (log(high) - log(low))
        }

        /// 1, 2 and 5 of each decade.
        var ticks: [Double] {
            var ticks: [Double] = []
            for decade in Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up)) {
                for step in [1.0, 2, 5] {
                    let tick = step * pow(10, Double(decade))
                    if tick >= low, tick <= high { ticks.append(tick) }
                }
            }
            return ticks
        }
    }

    var svg: String {
        let shown = report.results.filter { ($0.meanDelay ?? 0) > 0 && $0.pollsPerJob > 0 }
        guard !shown.isEmpty else { return "<p>No policy saw a job's end, so there is nothing to draw.</p>" }
        let x = Axis(shown.map(\.pollsPerJob), from: Self.left, to: Self.width - Self.right)
        let y = Axis(shown.compactMap(\.meanDelay), from: Self.height - Self.bottom, to: Self.top)
        var parts = grid(x, y)
        let places = shown.map { (x: x.place($0.pollsPerJob), y: y.place($0.meanDelay ?? 1)) }
        parts.append(line(report.fixedProduct, x, y, kind: "fixed", label: "any fixed interval", clearOf: places))
        if let bound = report.bound {
            parts.append(line(report.fixedProduct / bound, x, y, kind: "bound", label: "the bound", clearOf: places))
        }
        parts += points(shown, x, y)
        return """
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
            aria-label="Polls a job against mean delay, for each policy">
            <clipPath id="area"><rect x="\(Self.left)" y="\(Self.top)" width="\(Self.width - Self.left - Self.right)" \
            height="\(Self.height - Self.top - Self.bottom)"/></clipPath>
            \(parts.joined(separator: "\n"))
            </svg>
            """
    }

    private func grid(_ x: Axis, _ y: Axis) -> [String] {
        var parts: [String] = []
        for tick in x.ticks {
            let place = x.place(tick)
            parts.append("<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(y.to)\" y2=\"\(y.from)\"/>")
            parts.append(text(LabText.tick(tick), place, y.from + 18, "middle"))
        }
        for tick in y.ticks {
            let place = y.place(tick)
            parts.append("<line class=\"grid\" x1=\"\(x.from)\" x2=\"\(x.to)\" y1=\"\(place)\" y2=\"\(place)\"/>")
            parts.append(text(LabText.timeTick(tick), x.from - 6, place + 4, "end"))
        }
        parts.append(text("polls a job", (x.from + x.to) / 2, Self.height - 8, "middle"))
        parts.append(text("mean delay", x.from + 6, y.to + 12, "start"))
        return parts
    }

    private func line(
        _ product: Double, _ x: Axis, _ y: Axis, kind: String, label: String, clearOf points: [(x: Double, y: Double)]
    ) -> String {
        guard product > 0 else { return "" }
        let ends = [x.low, x.high].map { "\(x.place($0)),\(y.place(product / $0))" }
        // One label stands above its line and one below, where no point is near.
        let among = max(x.low, product / y.high)
        let until = min(x.high, product / y.low)
        let isAbove = kind == "fixed"
        let spots = (1...9).map { tenth in
            let polls = among * pow(max(1, until / among), Double(tenth) / 10)
            return (x: x.place(polls) + (isAbove ? 8 : -8), y: y.place(product / polls) + (isAbove ? -8 : 16))
        }
        func room(_ spot: (x: Double, y: Double)) -> Double {
            let middle = spot.x + (isAbove ? 60 : -40)
            return points.map { hypot(($0.x + 40 - middle) / 2, $0.y - spot.y) }.min() ?? 0
        }
        guard let spot = spots.max(by: { room($0) < room($1) }) else { return "" }
        return """
            <polyline class="\(kind)" clip-path="url(#area)" points="\(ends.joined(separator: " "))"/>
            \(text(label, spot.x, spot.y, isAbove ? "start" : "end", "label \(kind)"))
            """
    }

    private func points(_ results: [LabResult], _ x: Axis, _ y: Axis) -> [String] {
        var taken: [(x: Double, y: Double)] = []
        var parts: [String] = []
        for result in results {
            let place = (x: x.place(result.pollsPerJob), y: y.place(result.meanDelay ?? 1))
            var label = (x: place.x + 10, y: place.y + 4)
            // Names of points that lie close to one another stand below each other.
            while taken.contains(where: { abs($0.x - label.x) < 120 && abs($0.y - label.y) < 14 }) { label.y += 14 }
            taken.append(label)
            parts.append("<circle class=\"point\" cx=\"\(place.x)\" cy=\"\(place.y)\" r=\"5\"/>")
            parts.append(text(LabHTML.escaped(result.name), label.x, label.y, "start", "name"))
        }
        return parts
    }

    private func text(_ text: String, _ x: Double, _ y: Double, _ anchor: String, _ kind: String = "tick") -> String {
        "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(text)</text>"
    }
}
