using System.Globalization;
using Quorate.Cryptography.Hashing;

namespace Quorate.Policies;

/// <summary>What administrators can change. Closed.</summary>
public abstract record Change
{
    Change()
    {
    }

    /// <summary>Another policy is in force.</summary>
    public sealed record PolicyChange(Policy Policy) : Change;

    /// <summary>Another membership is in force.</summary>
    public sealed record MembershipChange(Membership Membership) : Change;

    /// <summary>Other administrators decide.</summary>
    public sealed record AdministratorsChange(int Threshold, IReadOnlyList<string> Members) : Change;

    /// <summary>A wallet, or * for everything, signs again.</summary>
    public sealed record Unfreeze(string Scope) : Change;
}

/// <summary>
/// One change by the administrators' quorum, docs/spec/governance.md. Acts form one chain from the genesis document: each
/// names the one before, so that every node takes the same ones in the same order, and none twice.
/// </summary>
public sealed class AdministrativeAct
{
    /// <summary>What everything is called in a scope.</summary>
    public const string Everything = "*";

    AdministrativeAct(Digest previous, ulong number, DateTimeOffset expiresAt, Change change, byte[] canonical)
    {
        (Previous, Number, ExpiresAt, Change, Canonical) = (previous, number, expiresAt, change, canonical);
        using var transcript = new Transcript(Tags.AdministrativeAct);
        Hash = new(transcript.Append(canonical).Digest());
    }

    /// <summary>The hash of the act before this one; of the genesis document for the first.</summary>
    public Digest Previous { get; }

    /// <summary>Its place in the chain, from 1.</summary>
    public ulong Number { get; }

    /// <summary>From then on it is taken only together with a later one that has not expired.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What changes.</summary>
    public Change Change { get; }

    /// <summary>What administrators sign.</summary>
    public Digest Hash { get; }

    /// <summary>The document in its canonical form, RFC 8785.</summary>
    public ReadOnlyMemory<byte> Canonical { get; }

    /// <summary>Reads an act.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="spelling">As for <see cref="Policy.Parse"/>.</param>
    /// <exception cref="DocumentException">Not an act; says where and why.</exception>
    public static AdministrativeAct Parse(ReadOnlySpan<byte> utf8, SpellingCheck? spelling = null) =>
        Read(JsonTree.Parse(utf8, GenesisDocument.MaxSize), spelling);

    internal static AdministrativeAct Read(JsonValue document, SpellingCheck? spelling)
    {
        var members = new JsonMembers(document);
        members.Required("quorateAct").AsNumber(1, 1);
        var previous = members.Required("previous").AsDigest();
        var number = (ulong)members.Required("number").AsNumber(1, JsonTree.MaxNumber);
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(members.Required("expiresAt").AsInstant());
        var change = ReadChange(members.Required("change"), spelling);
        members.End();
        return new(previous, number, expiresAt, change, CanonicalJson.Write(document));
    }

    /// <summary>The scope of a freeze or its end: a wallet's name, or * for everything.</summary>
    internal static string ReadScope(JsonValue value) => value.AsText() == Everything ? Everything : value.AsName();

    static Change ReadChange(JsonValue value, SpellingCheck? spelling)
    {
        var members = new JsonMembers(value);
        Change?[] changes =
        [
            members.Optional("policy", policy => new Change.PolicyChange(new PolicyReader(spelling).Read(policy))),
            members.Optional("membership", membership => new Change.MembershipChange(MembershipReader.Read(membership))),
            members.Optional("administrators", ReadAdministrators),
            members.Optional("unfreeze", scope => new Change.Unfreeze(ReadScope(scope))),
        ];
        members.End();
        return changes.OfType<Change>().ToArray() is [var only] ? only : throw value.Error("change", "an act has exactly one change.");
    }

    static Change.AdministratorsChange ReadAdministrators(JsonValue value)
    {
        var members = new JsonMembers(value);
        var names = members.Required("members").AsSet(1, PolicyReader.MaxMembers, item => item.AsName());
        var threshold = (int)members.Required("threshold").AsNumber(1, names.Count);
        members.End();
        return new(threshold, names);
    }

    /// <summary>The number and hash.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"act {Number} ({Hash})");
}
