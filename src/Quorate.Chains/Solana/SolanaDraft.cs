namespace Quorate.Chains.Solana;

/// <summary>A message to sign, and what whoever follows it up has to keep beside it.</summary>
/// <param name="Message">The unsigned transaction.</param>
/// <param name="Fee">What it costs at most.</param>
/// <param name="Deposit">Lamports that stay in a token account which is opened for the recipient; 0 for none.</param>
/// <param name="Window">When it can get into a block.</param>
public sealed record SolanaDraft(ReadOnlyMemory<byte> Message, Fee Fee, ulong Deposit, MessageWindow Window);

/// <summary>When a message can get into a block. With it, and not without, an absence can prove that it never will.</summary>
/// <param name="FirstSlot">No block before this slot can have it.</param>
/// <param name="LastHeight">No block above this height can have it; null under a durable nonce.</param>
public sealed record MessageWindow(ulong FirstSlot, ulong? LastHeight);

/// <summary>What a message lives by, and when it can get in with it.</summary>
/// <param name="Lifetime">A recent blockhash or a durable nonce.</param>
/// <param name="Window">When.</param>
public sealed record MessageLife(MessageLifetime Lifetime, MessageWindow Window);
