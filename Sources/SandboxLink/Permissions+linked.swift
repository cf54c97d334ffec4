import ScriptPermissions

extension Permissions {
    func write(to writer: inout FieldWriter) {
        for kind in PermissionKind.allCases {
            let grant = self[kind]
            writer.add(grant.isAll)
            writer.add(grant.named) { $0.add($1) }
            writer.add(grant.deniesAll)
            writer.add(grant.denied) { $0.add($1) }
        }
        writer.add(native)
    }

    init(_ reader: inout FieldReader) throws(LinkFault) {
        self.init()
        for kind in PermissionKind.allCases {
            self[kind].isAll = try reader.flag()
            self[kind].named = try reader.list(atMost: 1 << 16) { reader throws(LinkFault) in try reader.data() }
            self[kind].deniesAll = try reader.flag()
            self[kind].denied = try reader.list(atMost: 1 << 16) { reader throws(LinkFault) in try reader.data() }
        }
        native = try reader.flag()
    }
}
