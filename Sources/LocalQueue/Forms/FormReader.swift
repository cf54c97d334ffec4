import PlainErrors

/// Takes a form's parts as they arrive: fields are kept in memory, files are written to the queue's folder at once.
///
/// The caller has to `discard` a form that is not used after all; otherwise its files stay.
struct FormReader {
    private enum Current {
        case none
        case field(name: String, value: [UInt8])
        case file(Upload, FileSink)
    }

    private let folder: JobFolder
    private let limits: FormLimits
    private var current = Current.none
    private(set) var form = ReceivedForm()

    init(folder: JobFolder, limits: FormLimits) {
        self.folder = folder
        self.limits = limits
    }

    mutating func begin(_ part: MultipartPart) throws(FormError) {
        guard part.isFile else {
            current = .field(name: part.name, value: [])
            return
        }
        let name = JobFolder.newUploadName()
        let upload = Upload(
            field: part.name, senderName: part.fileName, type: part.contentType ?? "application/octet-stream", size: 0,
            fileName: name)
        // Recorded before the first byte is written, so that `discard` finds the file whatever happens.
        form.files.append(upload)
        let sink = try FormError.storing { () throws(MessageError) in
            try FileSink(path: folder.path(of: name))
        }
        current = .file(upload, sink)
    }

    mutating func append(_ bytes: [UInt8]) throws(FormError) {
        switch current {
        case .none:
            break
        case .field(let name, var value):
            // Release the copy in `current`; otherwise every chunk would copy the whole field.
            current = .none
            guard value.count + bytes.count <= limits.field else {
                throw .tooLarge("The field \"\(name.prefix(100))\" is over \(limits.field) bytes.")
            }
            value.append(contentsOf: bytes)
            current = .field(name: name, value: value)
        case .file(var upload, let sink):
            try FormError.storing { () throws(MessageError) in try sink.write(bytes) }
            upload.size += bytes.count
            current = .file(upload, sink)
        }
    }

    mutating func endPart() {
        switch current {
        case .none: break
        case .field(let name, let value): form.fields.append((name, value))
        case .file(let upload, _): form.files[form.files.count - 1] = upload
        }
        current = .none
    }

    /// Removes the files written so far.
    func discard() {
        folder.discard(form)
    }
}
