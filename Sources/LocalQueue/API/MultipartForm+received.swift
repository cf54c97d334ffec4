import DecartAPI

extension MultipartForm {
    /// The form as it would have arrived over the wire, its files copied into `folder`.
    /// - Throws: `.cutShort` if a file is not as long as the form says, `.storage` if one cannot be read or copied.
    func received(into folder: JobFolder) throws(FormProblem) -> ReceivedForm {
        var reader = FormReader(folder: folder, limits: FormLimits())
        do throws(FormProblem) {
            for part in parts {
                switch part.content {
                case .text(let bytes):
                    try reader.begin(MultipartPart(name: part.name))
                    try reader.append(bytes)
                case .file(let file):
                    try reader.begin(
                        MultipartPart(name: part.name, fileName: file.fileName, contentType: file.contentType))
                    try file.copy { bytes throws(FormProblem) in try reader.append(bytes) }
                }
                reader.endPart()
            }
        } catch {
            reader.discard()
            throw error
        }
        return reader.form
    }
}

extension MultipartForm.File {
    private static let chunk = 256 * 1024

    fileprivate func copy(to append: ([UInt8]) throws(FormProblem) -> Void) throws(FormProblem) {
        switch source {
        case .bytes(let bytes):
            try append(bytes)
        case .path(let path, let size):
            let file = try FormProblem.storing { () throws(StorageError) in try FileSource(path: path) }
            var offset = 0
            while offset < size {
                let count = min(Self.chunk, size - offset)
                let bytes = try FormProblem.storing { () throws(StorageError) in
                    try file.read(at: offset, count: count)
                }
                guard bytes.count == count else { throw .cutShort }
                try append(bytes)
                offset += count
            }
        }
    }
}
