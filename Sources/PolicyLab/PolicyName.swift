public import DecartAPI

/// The names of policies in a comparison.
public enum PolicyName {
    /// The files' names without folder and `.lua`; the whole paths of those that would be called the same.
    public static func names(of files: [BytePath]) -> [String] {
        let stems = files.map { file in
            let name = file.lastComponent.description
            return name.hasSuffix(".lua") && name.count > 4 ? String(name.dropLast(4)) : name
        }
        return zip(files, stems).map { file, stem in stems.count { $0 == stem } > 1 ? file.description : stem }
    }
}
