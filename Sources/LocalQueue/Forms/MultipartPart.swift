import DecartAPI

/// What a part's headers say about it.
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

    /// Whether it is a file: it has a file name or, if the sender left that out, a type other than text.
    var isFile: Bool {
        if fileName != nil { return true }
        return contentType.map { !$0.lowercased().hasPrefix("text/") } ?? false
    }

    /// - Parameter headerBlock: the header lines, separated by CR LF.
    init(headerBlock: some Collection<UInt8>) throws(FormError) {
        var disposition: String?
        for line in String(decoding: headerBlock, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else {
                throw .malformed("a part has a header line without a colon")
            }
            let value = String(line[line.index(after: colon)...].trimmingSpaces)
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
