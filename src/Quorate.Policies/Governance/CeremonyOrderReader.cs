using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Curves;

namespace Quorate.Policies;

/// <summary>Reads orders, and refuses ceremonies that could not be held by anybody.</summary>
static class CeremonyOrderReader
{
    const int ChainCodeSize = 32;

    internal static CeremonyOrder Read(JsonValue document)
    {
        var members = new JsonMembers(document);
        members.Required("quorateCeremony").AsNumber(1, 1);
        var deployment = members.Required("deployment").AsDigest();
        var id = members.Required("id").AsName();
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(members.Required("expiresAt").AsInstant());
        var ceremony = ReadCeremony(members.Required("ceremony"));
        members.End();
        return new(deployment, id, expiresAt, ceremony, CanonicalJson.Write(document));
    }

    static Ceremony ReadCeremony(JsonValue value)
    {
        var members = new JsonMembers(value);
        Ceremony?[] ceremonies =
        [
            members.Optional<Ceremony>("createWallet", v => ReadCreate(new(v))),
            members.Optional<Ceremony>("refresh", v => ReadRefresh(new(v))),
            members.Optional<Ceremony>("reshare", v => ReadReshare(new(v))),
            members.Optional<Ceremony>("repair", v => ReadRepair(new(v))),
            members.Optional<Ceremony>("importKey", v => ReadImport(new(v))),
            members.Optional<Ceremony>("backup", v => ReadBackup(new(v))),
        ];
        members.End();
        return ceremonies.OfType<Ceremony>().ToArray() is [var only] ? only : throw value.Error("ceremony", "an order is for exactly one ceremony.");
    }

    static Ceremony.CreateWallet ReadCreate(JsonMembers members)
    {
        var wallet = Wallet(members);
        var (nodes, threshold) = Committee(members);
        var list = members.Required("schemes").AsSet(1, KeyName.All.Length, item => item.AsChoice(KeyName.Schemes));
        members.End();
        return new(wallet, threshold, nodes, [.. list.Order()]);
    }

    static Ceremony.Refresh ReadRefresh(JsonMembers members)
    {
        var refresh = new Ceremony.Refresh(Wallet(members), Epoch(members));
        members.End();
        return refresh;
    }

    static Ceremony.Reshare ReadReshare(JsonMembers members)
    {
        var (wallet, epoch, keys) = (Wallet(members), Epoch(members), Keys(members));
        var (nodes, threshold) = Committee(members);
        members.End();
        return new(wallet, epoch, nodes, threshold, keys);
    }

    static Ceremony.Repair ReadRepair(JsonMembers members)
    {
        var repair = new Ceremony.Repair(Wallet(members), Epoch(members), members.Required("node").AsName(), Keys(members));
        members.End();
        return repair;
    }

    static Ceremony.ImportKey ReadImport(JsonMembers members)
    {
        var (wallet, scheme, importer) = (Wallet(members), members.Required("scheme").AsChoice(KeyName.Schemes), members.Required("importer").AsName());
        var (nodes, threshold) = Committee(members);
        var key = members.Required("publicKey");
        var publicKey = Convert.FromHexString(key.AsHex());
        if (scheme == SignatureScheme.Ed25519 ? !IsKey<Ed25519>(publicKey) : !IsKey<Secp256k1>(publicKey))
            throw key.Error("key", "not a public key of this scheme, in lower-case hexadecimal.");
        var code = members.Required("chainCode");
        var chainCode = Convert.FromHexString(code.AsHex());
        if (chainCode.Length != ChainCodeSize)
            throw code.Error("chain-code", "a chain code has 32 bytes.");
        members.End();
        return new(wallet, scheme, importer, nodes, threshold, publicKey, chainCode);
    }

    static Ceremony.Backup ReadBackup(JsonMembers members)
    {
        var nodes = Nodes(members.Required("nodes"), 1);
        members.End();
        return new(nodes);
    }

    static string Wallet(JsonMembers members) => members.Required("wallet").AsName();

    static uint Epoch(JsonMembers members) => (uint)members.Required("epoch").AsNumber(0, uint.MaxValue);

    static ImmutableArray<Digest> Keys(JsonMembers members) => [.. members.Required("keys").AsSet(1, KeyName.All.Length, item => item.AsDigest())];

    // With a threshold of one every node would have the whole key.
    static (ImmutableArray<string> Nodes, int Threshold) Committee(JsonMembers members)
    {
        var nodes = Nodes(members.Required("nodes"), 2);
        return (nodes, (int)members.Required("threshold").AsNumber(2, nodes.Length));
    }

    static ImmutableArray<string> Nodes(JsonValue value, int min) => [.. value.AsSet(min, GenesisDocument.MaxNodes, item => item.AsName())];

    static bool IsKey<C>(ReadOnlySpan<byte> encoded) where C : struct, ICurve<C> =>
        encoded.Length == C.PointSize && Point<C>.TryDecode(encoded, out var point) && !point.IsIdentity;
}
