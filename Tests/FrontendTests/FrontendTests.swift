import Frontend
import Testing

struct FrontendTests {
    @Test func `Every script, style and picture that the page names is served`() throws {
        for path in Frontend.paths {
            let file = try #require(Frontend.file(at: path))
            let text = String(decoding: file.bytes, as: UTF8.self)
            for match in text.matches(of: #/(?:src=|href=|from )"\.?(\/[a-z.]+)"/#) {
                let named = String(match.1)
                #expect(Frontend.file(at: named) != nil, "\(path) names \(named)")
            }
        }
    }

    @Test func `The page keeps to its content security policy`() throws {
        let page = try #require(Frontend.file(at: "/"))
        let text = String(decoding: page.bytes, as: UTF8.self)
        #expect(page.contentType == "text/html; charset=utf-8")
        #expect(text.hasPrefix("<!doctype html>"))
        #expect(!text.contains(#/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)/#))
        for path in Frontend.paths {
            let file = try #require(Frontend.file(at: path))
            let names = String(decoding: file.bytes, as: UTF8.self)
                .replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!names.contains(#/https?:\/\//#), "\(path) names another site")
        }
    }

    @Test func `Entity tags are strong, and differ where the bytes differ`() throws {
        let files = try Frontend.paths.map { try #require(Frontend.file(at: $0)) }
        for file in files {
            #expect(file.entityTag.contains(#/^"[0-9a-f]{64}"$/#))
        }
        #expect(Set(files.map(\.entityTag)).count == Set(files.map(\.bytes)).count)
    }

    @Test func `There is no file elsewhere`() {
        #expect(Frontend.file(at: "/Frontend.swift") == nil)
        #expect(Frontend.file(at: "/../app.js") == nil)
        #expect(Frontend.file(at: "") == nil)
    }
}
