using System.Collections.Immutable;
using Quorate.Cryptography.Hashing;

namespace Quorate.Policies;

/// <summary>Reads genesis documents, and refuses those that nobody should run.</summary>
static class GenesisReader
{
    static readonly Dictionary<string, DeploymentMode> modes = new()
    {
        ["development"] = DeploymentMode.Development, ["production"] = DeploymentMode.Production,
    };

    internal static GenesisDocument Read(JsonValue document, SpellingCheck? spelling)
    {
        var members = new JsonMembers(document);
        members.Required("quorateGenesis").AsNumber(1, 1);
        var organisation = members.Required("organisation").AsName();
        var mode = members.Required("mode").AsChoice(modes);
        var nodes = ReadNodes(members.Required("nodes"));
        var membership = MembershipReader.Read(members.Required("membership"));
        var administrators = ReadAdministrators(members.Required("administrators"), membership, mode);
        var policy = new PolicyReader(spelling).Read(members.Required("policy"));
        members.End();

        var canonical = CanonicalJson.Write(document);
        using var transcript = new Transcript(Tags.Genesis);
        return new(organisation, mode, nodes, administrators, membership, policy, canonical, new(transcript.Append(canonical).Digest()));
    }

    static ImmutableArray<NodeEntry> ReadNodes(JsonValue list)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var keys = new HashSet<NodeId>();
        var nodes = ImmutableArray.CreateBuilder<NodeEntry>();
        foreach (var item in list.AsList(2, GenesisDocument.MaxNodes))
        {
            var members = new JsonMembers(item);
            var name = members.Required("name").AsName();
            var key = members.Required("key");
            members.End();
            if (!NodeId.TryParse(key.AsText(), out var id))
                throw key.Error("key", "not an Ed25519 public key in lower-case hexadecimal.");
            if (!names.Add(name) || !keys.Add(id!))
                throw item.Error("duplicate", "another node has this name or key.");
            nodes.Add(new(nodes.Count + 1, name, id!));
        }
        return nodes.ToImmutable();
    }

    static Administrators ReadAdministrators(JsonValue value, Membership membership, DeploymentMode mode)
    {
        var members = new JsonMembers(value);
        var list = members.Required("members");
        var names = list.AsSet(1, PolicyReader.MaxMembers, item => membership.CanApprove(item.AsName())
            ? item.Text
            : throw item.Error("unknown-member", "no member of this name has a device."));
        var threshold = members.Required("threshold");
        var count = (int)threshold.AsNumber(1, names.Count);
        members.End();
        // With one administrator, one stolen laptop is the whole organisation.
        if (mode == DeploymentMode.Production && count < 2)
            throw threshold.Error("administrators", "in production every act takes at least two administrators.");
        return new(count, names.ToImmutableSortedSet(StringComparer.Ordinal));
    }
}
