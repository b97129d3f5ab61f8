package import Cryptography
package import Files
import Foundation
package import Primitives
package import Wire

/// A file as its owner sees it: the backend's record, opened.
package struct StoredFile: Sendable {
    package let id: FileID
    /// `WireTime`.
    package let created: String
    package let manifest: Manifest
    package let fileKey: SecretKey

    /// Opens a record. Throws `misbehaving` where it does not open with the user's key, or does not
    /// fit what it says of itself.
    package init(opening form: SealedFileForm, with masterKey: MasterKey) throws(ClientError) {
        let manifest: Manifest
        let fileKey: SecretKey
        do {
            fileKey = try masterKey.unwrap(form.wrappedKey.bytes, for: form.id)
            manifest = try Manifest(
                opening: form.sealedManifest.bytes, under: fileKey, for: form.id)
        } catch {
            throw ClientError(
                .misbehaving,
                "The record of file id:\(form.id) does not open with your key: it was changed, or "
                    + "is not yours.")
        }
        guard form.chunks == manifest.chunks.count,
            form.root == nil || form.root == manifest.merkleRoot
        else {
            throw ClientError(
                .misbehaving,
                "The record of file id:\(form.id) speaks of other chunks than its manifest.")
        }
        id = form.id
        created = form.created
        self.manifest = manifest
        self.fileKey = fileKey
    }

    /// What can be told of it.
    package var form: FileForm {
        FileForm(
            id: id, name: manifest.name, size: manifest.size, sha256: manifest.contentHash,
            chunks: manifest.chunks.count, chunkSize: manifest.chunkSize.count, created: created)
    }
}

/// A user's files, newest first.
package struct StoredFiles: Sendable {
    package let files: [StoredFile]
    /// What is wrong with those that do not open.
    package let failures: [ClientError]

    package init(opening forms: [SealedFileForm], with masterKey: MasterKey) {
        var files: [StoredFile] = []
        var failures: [ClientError] = []
        for form in forms {
            do throws(ClientError) {
                files.append(try StoredFile(opening: form, with: masterKey))
            } catch {
                failures.append(error)
            }
        }
        // The backend's word for the order is no more than that.
        self.files = files.enumerated().sorted {
            ($1.element.created, $0.offset) < ($0.element.created, $1.offset)
        }.map(\.element)
        self.failures = failures
    }

    /// All files of this name; the newest first.
    package func named(_ name: String) -> [StoredFile] { files.filter { $0.manifest.name == name } }

    /// The file that a user means: the newest of a name, or the one whose id starts with what follows
    /// "id:". Throws `notFound`, also where the id's start fits several.
    package func find(_ reference: String) throws(ClientError) -> StoredFile {
        if let newest = named(reference).first { return newest }
        if reference.hasPrefix("id:") {
            let prefix = reference.dropFirst(3).lowercased()
            let found = files.filter { $0.id.description.hasPrefix(prefix) }
            if found.count == 1, !prefix.isEmpty { return found[0] }
            if found.count > 1 {
                throw ClientError(
                    .notFound, "\(found.count) files have an id like that. Give more of its digits."
                )
            }
        }
        throw ClientError(
            .notFound, "There is no file \(reference). See what there is with: dsim ls")
    }
}
