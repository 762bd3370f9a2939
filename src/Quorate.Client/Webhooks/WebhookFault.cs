namespace Quorate.Client.Webhooks;

/// <summary>Why a delivery is not believed. The same for the same reason, and without a word of what was sent.</summary>
public enum WebhookFault
{
    /// <summary>It is believed.</summary>
    None = 0,

    /// <summary>One of the three headers is missing, or stands more than once.</summary>
    MissingHeader = 1,

    /// <summary>A header is none that a server sends.</summary>
    MalformedHeader = 2,

    /// <summary>It was signed more than five minutes ago.</summary>
    TooOld = 3,

    /// <summary>It was signed more than five minutes from now: a clock is wrong.</summary>
    TooNew = 4,

    /// <summary>No signature is of any of the endpoint's keys.</summary>
    WrongSignature = 5,

    /// <summary>The id was taken before. An answer of success tells the server that it need not come again.</summary>
    Repeated = 6,

    /// <summary>It is signed, and is no event.</summary>
    MalformedEvent = 7,
}
