/// How rows may look on a terminal.
public struct TerminalStyle: Sendable, Hashable {
    /// Whether to use colours. They never say anything that the text does not.
    public var hasColour: Bool
    /// Whether bars can be drawn with more than ASCII.
    public var hasBlocks: Bool

    public init(hasColour: Bool, hasBlocks: Bool) {
        self.hasColour = hasColour
        self.hasBlocks = hasBlocks
    }

    /// The option goes first, then `NO_COLOR`, then `FORCE_COLOR`, then whether it is a terminal. A
    /// variable that is empty counts as not set; `FORCE_COLOR=0` means no.
    ///
    /// | flag | `NO_COLOR` | `FORCE_COLOR` | terminal | colour |
    /// |---|---|---|---|---|
    /// | `always` | any | any | any | yes |
    /// | `never` | any | any | any | no |
    /// | `auto` | `1` | any | any | no |
    /// | `auto` | | `1` | any | yes |
    /// | `auto` | | `0` | any | no |
    /// | `auto` | | | yes | yes |
    public static func hasColour(_ choice: ColourChoice, environment: (String) -> String?, isTerminal: Bool) -> Bool {
        func variable(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        switch choice {
        case .always: return true
        case .never: return false
        case .auto:
            if variable("NO_COLOR") != nil { return false }
            if let force = variable("FORCE_COLOR") { return force != "0" && force != "false" }
            return isTerminal && environment("TERM") != "dumb"
        }
    }

    /// Whether the locale's characters are UTF-8.
    public static func hasBlocks(environment: (String) -> String?) -> Bool {
        let set = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment($0) }.first { !$0.isEmpty }
        let name = set?.lowercased() ?? ""
        return name.contains("utf-8") || name.contains("utf8")
    }
}

/// `--color auto|always|never`.
public enum ColourChoice: String, Sendable, CaseIterable {
    case auto, always, never
}
