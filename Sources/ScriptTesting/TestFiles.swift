public import DecartAPI
import Glibc
public import PlainErrors

/// Which files hold the tests.
public enum TestFiles {
    /// The suffix that makes a file one of tests when a folder is searched.
    public static let suffix = "_test.lua"

    /// The files named, and those below the folders named, or below the current folder if nothing is; in order, each
    /// once. Folders whose names begin with a dot are left out, and symbolic links to folders are not followed.
    /// - Throws: for a path where there is nothing, and where no test is found.
    public static func find(_ paths: [BytePath]) throws(MessageError) -> [BytePath] {
        var found: [BytePath] = []
        for path in paths.isEmpty ? ["."] : paths {
            guard let name = path.cString, access(name, F_OK) == 0 else {
                throw MessageError("there is no file or folder '\(path)'")
            }
            found += isFolder(path) ? below(path) : [path]
        }
        guard !found.isEmpty else {
            let place = paths.isEmpty ? "the present folder" : paths.map { "'\($0)'" }.joined(separator: ", ")
            throw MessageError("there is no test below \(place): tests are in files whose names end in \(suffix)")
        }
        var seen: Set<BytePath> = []
        return found.filter { seen.insert($0).inserted }
    }

    private static func below(_ root: BytePath) -> [BytePath] {
        var folders = [root]
        var files: [BytePath] = []
        while let folder = folders.popLast() {
            for name in names(in: folder) where name.bytes.first != UInt8(ascii: ".") {
                // As one would type it: without "./".
                let path = folder == "." ? name : folder.appending(name)
                if isFolder(path, O_NOFOLLOW) {
                    folders.append(path)
                } else if name.bytes.ends(with: suffix) {
                    files.append(path)
                }
            }
        }
        return files.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    private static func names(in folder: BytePath) -> [BytePath] {
        guard let path = folder.cString, let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [BytePath] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { BytePath(bytes: $0.prefix { $0 != 0 }) })
        }
        return names
    }

    /// - Parameter options: of `open`: whether a symbolic link to one counts.
    private static func isFolder(_ path: BytePath, _ options: Int32 = 0) -> Bool {
        guard let name = path.cString else { return false }
        let folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | options)
        if folder >= 0 { close(folder) }
        return folder >= 0
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
