extension LabReport {
    /// The comparison as one page that needs nothing else: the table, and polls against delay.
    public var html: String {
        let rows = results.map { result in
            let cells = cells(result).map { "<td>\(LabHTML.escaped($0))</td>" }.joined()
            return "<tr><th scope=\"row\">\(LabHTML.escaped(result.name))</th>\(cells)</tr>"
        }
        var page = String(decoding: PackageResources.report_html, as: UTF8.self)
        // What is filled in is escaped, and so cannot contain another placeholder.
        for (place, text) in [
            ("title", LabHTML.escaped(title)), ("footnote", LabHTML.escaped(footnote)),
            ("plot", LabPlot(report: self).svg),
            ("rows", rows.joined(separator: "\n")),
        ] {
            page = Self.fill(page, place, with: text)
        }
        return page
    }

    private static func fill(_ page: String, _ place: String, with text: String) -> String {
        guard let mark = page.firstRange(of: "<!-- \(place) -->") else { return page }
        return page[..<mark.lowerBound] + text + page[mark.upperBound...]
    }
}
