/// The page's own files, which are the same in every run.
enum PageAsset: String, Sendable, CaseIterable {
    case script = "page.js"
    case elements = "elements.js"
    case nodes = "nodes.js"
    case vocabulary = "vocabulary.js"
    case notices = "notices.js"
    case style = "page.css"
    case noticeStyle = "notices.css"
    case icon = "icon.svg"

    var bytes: [UInt8] {
        switch self {
        case .script: PackageResources.page_js
        case .elements: PackageResources.elements_js
        case .nodes: PackageResources.nodes_js
        case .vocabulary: PageVocabulary.script
        case .notices: PackageResources.notices_js
        case .style: PackageResources.page_css
        case .noticeStyle: PackageResources.notices_css
        case .icon: PackageResources.icon_svg
        }
    }

    var type: String {
        switch self {
        case .script, .elements, .nodes, .vocabulary, .notices: "text/javascript; charset=utf-8"
        case .style, .noticeStyle: "text/css; charset=utf-8"
        case .icon: "image/svg+xml"
        }
    }
}
