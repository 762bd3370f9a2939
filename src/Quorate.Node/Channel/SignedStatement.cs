using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>What a node says under its identity key before and about a session.</summary>
public enum StatementKind
{
    /// <summary>Content: the recipient's number (2) and an ephemeral key for it (32).</summary>
    Key,

    /// <summary>Content: the exchange of keys (32) and the digest of the description (32).</summary>
    Description,

    /// <summary>Content: the digest of the description (32) and the contribution to the session's id (32).</summary>
    Contribution,

    /// <summary>
    /// Content: the digest of the description (32), then of each party in ascending order the contribution (32) and its
    /// signature (64).
    /// </summary>
    Readiness,

    /// <summary>
    /// Content: the digest of the description (32), the session's id (32), the number of barriers that have opened (2), the
    /// state (32).
    /// </summary>
    Progress,

    /// <summary>Content: the digest of the description (32), the session's id (32), then an <see cref="AbortStatement"/>.</summary>
    Abort,
}

/// <summary>
/// One statement with its signature: convinces anybody who knows the node's key, so it is what an accusation outside
/// the protocol rests on. All statements of one attempt name it, and none has a meaning outside.
/// </summary>
public sealed class SignedStatement
{
    readonly byte[] organisation;
    readonly byte[] attempt;
    readonly byte[] content;
    readonly byte[] signature;

    SignedStatement(StatementKind kind, SessionDescription description, PartyId signer, ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        (Kind, Signer) = (kind, signer);
        (organisation, attempt) = (description.Organisation.ToArray(), description.Attempt.ToArray());
        (this.content, this.signature) = (content.ToArray(), signature.ToArray());
    }

    /// <summary>What kind of statement.</summary>
    public StatementKind Kind { get; }

    /// <summary>In which seat the signer speaks.</summary>
    public PartyId Signer { get; }

    /// <summary>The organisation it concerns.</summary>
    public ReadOnlySpan<byte> Organisation => organisation;

    /// <summary>The attempt it concerns.</summary>
    public ReadOnlySpan<byte> Attempt => attempt;

    /// <summary>What is said; its parts are those of <see cref="Kind"/>.</summary>
    public ReadOnlySpan<byte> Content => content;

    /// <summary>The Ed25519 signature, 64 bytes.</summary>
    public ReadOnlySpan<byte> Signature => signature;

    /// <summary>Whether it is a statement of this node.</summary>
    public bool Verify(NodeId node) => node.Verify(Message, signature);

    /// <summary>Makes a statement of our own.</summary>
    internal static SignedStatement Make(
        StatementKind kind, SessionDescription description, PartyId me, Ed25519Key identity, ReadOnlySpan<byte> content)
    {
        var unsigned = new SignedStatement(kind, description, me, content, default);
        return new(kind, description, me, content, identity.Sign(unsigned.Message));
    }

    /// <summary>The statement, if the one who sits there has signed it; else null.</summary>
    internal static SignedStatement? Check(
        StatementKind kind, SessionDescription description, PartyId signer, ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        var statement = new SignedStatement(kind, description, signer, content, signature);
        return statement.Verify(description[signer]) ? statement : null;
    }

    byte[] Message
    {
        get
        {
            using var transcript = new Transcript(Kind switch
            {
                StatementKind.Key => Tags.StatedKey,
                StatementKind.Description => Tags.StatedDescription,
                StatementKind.Contribution => Tags.StatedContribution,
                StatementKind.Readiness => Tags.StatedReadiness,
                StatementKind.Progress => Tags.StatedProgress,
                _ => Tags.StatedAbort,
            });
            return transcript.Append(organisation).Append(attempt).Append(Signer.Value).Append(content).Digest();
        }
    }
}
