namespace Quorate.Server.Nodes;

/// <summary>What a node is asked to sign. Asked again it is the same question: one request is one intent, for ever.</summary>
/// <param name="Intent">docs/spec/intents.md, JSON.</param>
/// <param name="Kind">How the payload is to be read: 1 transaction, 2 typed data, 3 personal message, as the contract numbers them.</param>
/// <param name="Payload">The raw thing to be signed.</param>
/// <param name="Approvals">A JSON array; of a replacement, those of the original.</param>
/// <param name="Replaced">What was approved, where this asks for the same at another fee; null otherwise.</param>
sealed record SigningQuestion(
    ReadOnlyMemory<byte> Intent, int Kind, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Approvals, ReplacedQuestion? Replaced = null);

/// <summary>The original of a replacement.</summary>
sealed record ReplacedQuestion(ReadOnlyMemory<byte> Intent, int Kind, ReadOnlyMemory<byte> Payload);
