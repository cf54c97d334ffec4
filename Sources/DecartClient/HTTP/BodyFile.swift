/// A file of a request's body that is not what it was when the request was made.
struct BodyFileFailure: Error {
    var reason: String
}

/// A file while it is being sent. Its end comes after exactly as many bytes as were promised; a file that has another
/// size by then, or was written to meanwhile, fails the request while its body is still incomplete, so that no server
/// takes it for a whole one.
struct BodyFile: Sendable {
    private let file: OpenFile
    private let path: String
    private let promised: FileFacts

    static func open(_ path: String, size: Int) async throws -> BodyFile {
        let opened = await FileWork.run { () -> Result<(OpenFile, FileFacts), SystemError> in
            Result { () throws(SystemError) in
                let file = try OpenFile(reading: path)
                return (file, try file.facts())
            }
        }
        switch opened {
        case .failure(let error):
            throw BodyFileFailure(reason: "\(path) could not be read: \(error.message)")
        case .success((let file, let facts)):
            guard facts.size == size else { throw changed(path) }
            return BodyFile(file: file, path: path, promised: facts)
        }
    }

    /// At most `count` bytes, nil at the promised end.
    func next(upTo count: Int) async throws -> [UInt8]? {
        let read = await FileWork.run { () -> Result<([UInt8], FileFacts, Int), SystemError> in
            Result { () throws(SystemError) in
                let room = min(count, promised.size - file.position)
                let bytes = room > 0 ? try file.read(upTo: room) : []
                return (bytes, try file.facts(), room)
            }
        }
        switch read {
        case .failure(let error):
            throw BodyFileFailure(reason: "\(path) could not be read: \(error.message)")
        case .success((let bytes, let facts, let room)):
            guard facts == promised, room == 0 || !bytes.isEmpty else { throw Self.changed(path) }
            return room == 0 ? nil : bytes
        }
    }

    private static func changed(_ path: String) -> BodyFileFailure {
        BodyFileFailure(reason: "\(path) changed while it was sent")
    }
}
