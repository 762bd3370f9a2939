using System.Collections.Immutable;
using System.Globalization;
using Quorate.Chains.Solana;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>A message's life as a transfer's reservation notes it, so that any server can tell later when it ended.</summary>
/// <param name="Value">The blockhash, or the nonce's value.</param>
/// <param name="Nonce">The nonce's account; null for a recent blockhash.</param>
/// <param name="Window">When a message with it can get in.</param>
sealed record KeptLife(Blockhash Value, string? Nonce, MessageWindow Window)
{
    const string Recent = "blockhash", Durable = "nonce";

    /// <summary>Of a life that a node gave.</summary>
    internal static KeptLife Of(MessageLife life, string? nonce) => new(life.Lifetime switch
    {
        MessageLifetime.Recent recent => recent.Blockhash,
        MessageLifetime.Durable durable => durable.Value,
        _ => throw new System.Diagnostics.UnreachableException(life.Lifetime.GetType().Name),
    }, nonce, life.Window);

    /// <summary>The life that a reservation notes.</summary>
    internal static KeptLife Read(Reservation noted) => noted.Slots switch
    {
        [Recent, var value, var first, var last] => new(Blockhash.Parse(value), null, new(Number(first), Number(last))),
        [Durable, var value, var first, var nonce] => new(Blockhash.Parse(value), nonce, new(Number(first), null)),
        _ => throw new FormatException($"The reservation {noted.Id} notes no life."),
    };

    /// <summary>As a message of an account has it.</summary>
    internal MessageLife For(SolanaAddress authority) =>
        new(Nonce is null ? new MessageLifetime.Recent(Value) : new MessageLifetime.Durable(SolanaAddress.Parse(Nonce), authority, Value), Window);

    /// <summary>As a reservation of a transfer; one that was given back and is taken again is another.</summary>
    internal Reservation Note(TransferState transfer, string lane)
    {
        ImmutableArray<string> slots = Nonce is null
            ? [Recent, Value.ToString(), Text(Window.FirstSlot), Text(Window.LastHeight!.Value)]
            : [Durable, Value.ToString(), Text(Window.FirstSlot), Nonce];
        return new(ReservationNames.Of(transfer, $"life-{Value}"), ReservationKind.Lifetime, lane, slots);
    }

    static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
