import Glibc
import SystemPackage

extension TemporaryFolder {
    /// Removes the folders in `parent` whose processes are gone without having removed them.
    ///
    /// It costs a reading of the folder's names and nothing for those that are not ours: every run begins with it.
    public static func sweep(_ parent: String = systemFolder) {
        for name in leftovers(in: parent) {
            let path = "\(parent)/\(name)"
            guard let lock = lock(path) else { continue }
            removeAll(at: path)
            try? lock.close()
        }
    }

    private static func leftovers(in parent: String) -> [String] {
        guard let folder = opendir(parent) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { name in
                    if strncmp(name, prefix, prefix.utf8.count) == 0 { names.append(String(cString: name)) }
                }
            }
        }
        return names
    }
}
