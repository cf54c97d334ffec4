import FoundationEssentials
import Glibc
import Synchronization

/// The folder of the queue's files: what was uploaded, and the clips. With a database it lies beside it and stays;
/// without one it is made in the system's temporary folder when first needed and removed at the end.
final class JobFolder: Sendable {
    private enum Place {
        case lasting(String)
        case temporary(String?)
    }

    private static let uploadPrefix = "upload-"
    private static let clipPrefix = "clip-"

    private let place: Mutex<Place>

    /// - Parameter path: the folder, made if it is not there; nil: a temporary one.
    init(path: String?) throws(StorageError) {
        guard let path else {
            place = Mutex(.temporary(nil))
            return
        }
        // Absolute, so that it stays the same folder if the process moves to another.
        let start = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
        place = Mutex(.lasting(start + path))
        try Self.make(start + path)
    }

    deinit {
        if case .temporary(let path?) = place.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }

    /// The folder's path, absolute.
    func path() throws(StorageError) -> String {
        let made = place.withLock { place -> Result<String, StorageError> in
            switch place {
            case .lasting(let path), .temporary(let path?):
                return .success(path)
            case .temporary(nil):
                let parent = FileManager.default.temporaryDirectory.path
                let path = parent + "/decart-lua-" + UUID().uuidString.lowercased()
                do throws(StorageError) {
                    try Self.make(path)
                } catch {
                    return .failure(error)
                }
                place = .temporary(path)
                return .success(path)
            }
        }
        return try made.get()
    }

    func path(of fileName: String) throws(StorageError) -> String {
        try path() + "/" + fileName
    }

    static func newUploadName() -> String { uploadPrefix + UUID().uuidString.lowercased() }

    /// Job ids are the queue's own, of letters and digits, and so are safe in a file's name.
    static func clipName(of id: String, extension suffix: String) -> String { "\(clipPrefix)\(id).\(suffix)" }

    func remove(_ fileName: String) {
        guard let path = try? path(of: fileName) else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes the files of a form that is not used after all.
    func discard(_ form: ReceivedForm) {
        for file in form.files { remove(file.fileName) }
    }

    /// Writes a file whole or not at all.
    func write(_ bytes: [UInt8], to fileName: String) throws(StorageError) {
        let path = try path(of: fileName)
        let part = path + ".part"
        try? FileManager.default.removeItem(atPath: part)
        let sink = try FileSink(path: part)
        try sink.write(bytes)
        try rename(part, to: path)
    }

    /// Gives a file that was written under another name its own.
    func rename(_ part: String, to path: String) throws(StorageError) {
        guard Glibc.rename(part, path) == 0 else { throw StorageError("cannot name", path, errno: errno) }
    }

    /// Removes what a run that was killed has left half done: files of ours that no job names.
    func removeOrphans(keeping names: Set<String>) throws(StorageError) {
        let path = try path()
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            return
        }
        for name in found where !names.contains(name) {
            guard name.hasPrefix(Self.uploadPrefix) || name.hasPrefix(Self.clipPrefix) else { continue }
            remove(name)
        }
    }

    private static func make(_ path: String) throws(StorageError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError("The local queue cannot make the folder \(path) for its files: \(error).")
        }
    }
}
