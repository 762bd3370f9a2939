using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Ids;
using Quorate.Server.Transfers;

namespace Quorate.Server.Tests.Transfers;

/// <summary>Parts that transfers in tests are made of.</summary>
static class TransferSamples
{
    internal static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    internal static readonly DateTimeOffset Expiry = Noon.AddDays(1);

    /// <summary>Until when a cancellation is good, which has a time of its own.</summary>
    internal static readonly DateTimeOffset CancellationExpiry = Noon.AddDays(2);

    internal static readonly ChainId Ethereum = ChainId.Parse("eip155:31337");
    internal static readonly AssetId Ether = AssetId.Coin(Ethereum, 60);

    internal static ResourceId Id(ResourceKind kind, int number = 1)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}{number}"))[..16];
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new(kind, new Guid(bytes, bigEndian: true));
    }

    internal static Digest Hash(string of) => new(SHA256.HashData(Encoding.UTF8.GetBytes(of)));

    internal static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    internal static TransferDraft Payment(int number = 1, string to = "0x00000000000000000000000000000000000000B0", ulong amount = 1_000) => new(
        Id(ResourceKind.Transfer, number),
        new TransferSubject.Payment(Ether, amount, to, "0x00000000000000000000000000000000000000A0", null),
        Id(ResourceKind.Wallet), Id(ResourceKind.Vault), "alice", new(Ether, 100), Expiry, null, null);

    internal static TransferDraft Message() => Payment() with
    {
        Id = Id(ResourceKind.Signature),
        Subject = new TransferSubject.Message(Ethereum, "0x00000000000000000000000000000000000000A0", PayloadForm.PersonalMessage, new("hello"u8.ToArray())),
        MaxFee = null,
    };

    internal static Reservation Nonce(string id = "nonce") => new(id, ReservationKind.Nonce, "lane/a", ["7"]);

    /// <summary>A transaction that is told from others by its number.</summary>
    internal static PreparedTransaction Prepared(
        int number, TransactionPurpose purpose = TransactionPurpose.Original, int? replaces = null, ulong maxFee = 10, bool isMessage = false, params string[] uses)
    {
        var bytes = Encoding.UTF8.GetBytes(isMessage ? "hello" : $"transaction {number}");
        return new(purpose, replaces, isMessage ? PayloadForm.PersonalMessage : PayloadForm.Transaction, new(bytes), new(SHA256.HashData(bytes)),
            Json(purpose == TransactionPurpose.Cancellation ? $$"""{"quorateIntent":1,"expiresAt":"{{CancellationExpiry:s}}Z"}""" : """{"quorateIntent":1}"""), Hash($"intent {number}"), isMessage ? null : maxFee, [.. uses],
            isMessage ? [] : [new("transfer", "0xA0", "0xB0", Ether, 1_000, null)]);
    }

    internal static RecordedSignature Signature(string of = "a") => new(0, new(new byte[33]), new(SHA512.HashData(Encoding.UTF8.GetBytes(of))), 1);
}
