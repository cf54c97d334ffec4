import DecartAPI
import PlainErrors

extension MultipartForm {
    /// The form as it would have arrived over HTTP, its files copied into `folder`.
    /// - Throws: `.cutShort` if a file is not as long as the form says, `.storage` if one cannot be read or copied.
    func received(into folder: JobFolder) throws(FormError) -> ReceivedForm {
        var reader = FormReader(folder: folder, limits: FormLimits())
        do throws(FormError) {
            for part in parts {
                switch part.content {
                case .text(let bytes):
                    try reader.begin(MultipartPart(name: part.name))
                    try reader.append(bytes)
                case .file(let file):
                    try reader.begin(
                        MultipartPart(
                            name: part.name, fileName: file.fileName.description, contentType: file.contentType))
                    try file.copy { bytes throws(FormError) in try reader.append(bytes) }
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

    fileprivate func copy(to append: ([UInt8]) throws(FormError) -> Void) throws(FormError) {
        switch source {
        case .bytes(let bytes):
            try append(bytes)
        case .path(let path, let size):
            let file = try FormError.storing { () throws(MessageError) in try FileSource(path) }
            var offset = 0
            while offset < size {
                let count = min(Self.chunk, size - offset)
                let bytes = try FormError.storing { () throws(MessageError) in
                    try file.read(at: offset, count: count)
                }
                guard bytes.count == count else { throw .cutShort }
                try append(bytes)
                offset += count
            }
        }
    }
}
