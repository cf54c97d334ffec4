internal import DecartAPI
internal import LiveDocument

extension MediaBlob {
    /// What a script holds, as a renderer is given it.
    convenience init(_ blob: Blob) {
        let storage: Storage =
            switch blob.storage {
            case .memory(let bytes): .memory(bytes)
            case .file(let file, _): .file(path: file.path.description, owner: file)
            }
        self.init(
            storage: storage, size: blob.size, type: blob.type, name: blob.name?.description, jobID: blob.job?.text)
    }
}

extension Blob {
    /// What a renderer shows, as a script gets it back.
    init(_ media: MediaBlob) {
        switch media.storage {
        case .memory(let bytes): self.init(bytes: bytes, type: media.type, name: media.name.map { BytePath($0) })
        case .file(let path, let owner):
            let file = owner as? TemporaryFile ?? TemporaryFile(keeping: BytePath(path))
            self.init(storage: .file(file, size: media.size), type: media.type, name: media.name.map { BytePath($0) })
        }
        job = media.jobID.flatMap { try? JobID($0) }
    }
}
