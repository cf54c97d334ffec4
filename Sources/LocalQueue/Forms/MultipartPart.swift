/// What a part's headers say of it.
struct MultipartPart: Hashable, Sendable {
    var name: String
    /// Nil: the part gave none.
    var fileName: String?
    /// Nil: the part gave none.
    var contentType: String?

    init(name: String, fileName: String? = nil, contentType: String? = nil) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
    }

    /// A file, by its name or, where a sender leaves that out, by a type that is no text.
    var isFile: Bool {
        if fileName != nil { return true }
        return contentType.map { !$0.lowercased().hasPrefix("text/") } ?? false
    }

    /// - Parameter headerBlock: the header lines, parted by CR LF.
    init(headerBlock: some Collection<UInt8>) throws(FormProblem) {
        var disposition: String?
        for line in String(decoding: headerBlock, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else {
                throw .malformed("a part has a header line without a colon")
            }
            let value = line[line.index(after: colon)...].trimmingSpaces()
            switch line[..<colon].lowercased() {
            case "content-disposition": disposition = value
            case "content-type": contentType = value
            default: break
            }
        }
        guard let disposition, let parameters = HeaderParameters(disposition), parameters.value == "form-data",
            let name = parameters["name"]
        else { throw .malformed("a part has no Content-Disposition: form-data with a name") }
        self.name = name
        fileName = parameters["filename"]
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    func trimmingSpaces() -> String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = drop(while: blank)
        while rest.last.map(blank) ?? false { rest.removeLast() }
        return String(rest)
    }
}
