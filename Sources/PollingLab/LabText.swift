/// Numbers as people read them.
enum LabText {
    /// Three digits that count: 1234, 123, 12.3, 1.23, 0.123.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let size = abs(value)
        let places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
        return number(value, places: places)
    }

    /// A whole number without zeros after the point.
    static func tick(_ value: Double) -> String {
        value.rounded() == value ? number(value, places: 0) : number(value)
    }

    static func number(_ value: Double, places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        guard abs(value) < 1e15 else { return "\(value)" }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(scaled)" }
        let digits = String(scaled % scale)
        return "\(sign)\(scaled / scale).\(String(repeating: "0", count: places - digits.count))\(digits)"
    }

    static func timeTick(_ milliseconds: Double) -> String {
        milliseconds < 1000 ? "\(tick(milliseconds)) ms" : "\(tick(milliseconds / 1000)) s"
    }

    /// Milliseconds with the unit that suits them.
    static func time(_ milliseconds: Double) -> String {
        milliseconds > 0 && milliseconds < 1000 ? "\(number(milliseconds)) ms" : "\(number(milliseconds / 1000)) s"
    }
}
