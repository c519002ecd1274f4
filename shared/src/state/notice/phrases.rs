//! The built-in texts of notices.

use crate::state::mode::Mode;
use crate::state::notice::language_tag::LanguageTag;

/// The texts of one language.
#[derive(Debug)]
pub(crate) struct Phrases {
    pub(crate) tag: &'static str,
    maintenance: Words,
    read_only: Words,
    /// Labels of the page.
    pub(crate) until: &'static str,
    pub(crate) contact: &'static str,
    pub(crate) reference: &'static str,
    /// The link that reloads the page.
    pub(crate) again: &'static str,
    pub(crate) pass: PassWords,
}

/// The texts of the page that takes passes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PassWords {
    /// The link to it.
    pub(crate) link: &'static str,
    pub(crate) title: &'static str,
    pub(crate) label: &'static str,
    pub(crate) button: &'static str,
    pub(crate) failed: &'static str,
}

/// A title and a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) message: &'static str,
}

impl Phrases {
    /// The texts in the language of `tag` or in a wider one, such as German for `de-AT`.
    pub(crate) fn of(tag: &LanguageTag) -> Option<&'static Self> {
        let known = |name: &[u8]| {
            ALL.iter()
                .position(|one| one.tag.as_bytes().eq_ignore_ascii_case(name))
        };
        ALL.get(tag.look_up(known)?).copied()
    }

    /// The title and the message for maintenance of this mode.
    pub(crate) fn words(&self, mode: Mode) -> Words {
        match mode {
            Mode::Writes => self.read_only,
            Mode::Off | Mode::All => self.maintenance,
        }
    }
}

pub(crate) const ENGLISH: &Phrases = &Phrases {
    tag: "en",
    maintenance: Words {
        title: "Down for maintenance",
        message: "We are working on the service and will be back soon.",
    },
    read_only: Words {
        title: "Read-only for the moment",
        message: "You can look at everything, but nothing can be changed right now. Please try again later.",
    },
    until: "Expected back",
    contact: "Contact",
    reference: "Reference",
    again: "Try again",
    pass: PassWords {
        link: "I have a pass",
        title: "Enter with a pass",
        label: "Pass",
        button: "Enter",
        failed: "This pass is not known here, or it has ended.",
    },
};

pub(crate) const ALL: &[&Phrases] = &[
    ENGLISH,
    &Phrases {
        tag: "ar",
        maintenance: Words {
            title: "الخدمة قيد الصيانة",
            message: "نعمل حاليًا على صيانة الخدمة وسنعود قريبًا.",
        },
        read_only: Words {
            title: "للقراءة فقط حاليًا",
            message: "يمكنك الاطلاع على كل شيء، لكن لا يمكن إجراء تغييرات في الوقت الحالي. يُرجى المحاولة لاحقًا.",
        },
        until: "موعد العودة المتوقع",
        contact: "للتواصل",
        reference: "المرجع",
        again: "إعادة المحاولة",
        pass: PassWords {
            link: "لديّ تصريح دخول",
            title: "الدخول بتصريح",
            label: "التصريح",
            button: "دخول",
            failed: "هذا التصريح غير معروف أو انتهت صلاحيته.",
        },
    },
    &Phrases {
        tag: "de",
        maintenance: Words {
            title: "Wartungsarbeiten",
            message: "Wir arbeiten gerade an diesem Dienst und sind bald wieder da.",
        },
        read_only: Words {
            title: "Zurzeit nur Lesezugriff",
            message: "Sie können alles ansehen, aber im Moment nichts ändern. Bitte versuchen Sie es später noch einmal.",
        },
        until: "Voraussichtlich wieder da",
        contact: "Kontakt",
        reference: "Referenz",
        again: "Erneut versuchen",
        pass: PassWords {
            link: "Ich habe einen Zugangscode",
            title: "Zugang mit Code",
            label: "Zugangscode",
            button: "Weiter",
            failed: "Dieser Zugangscode ist unbekannt oder abgelaufen.",
        },
    },
    &Phrases {
        tag: "es",
        maintenance: Words {
            title: "En mantenimiento",
            message: "Estamos trabajando en el servicio y volveremos pronto.",
        },
        read_only: Words {
            title: "Solo lectura por el momento",
            message: "Puede consultarlo todo, pero ahora mismo no es posible hacer cambios. Inténtelo de nuevo más tarde.",
        },
        until: "Regreso previsto",
        contact: "Contacto",
        reference: "Referencia",
        again: "Reintentar",
        pass: PassWords {
            link: "Tengo un pase",
            title: "Entrar con un pase",
            label: "Pase",
            button: "Entrar",
            failed: "Este pase no se reconoce o ha caducado.",
        },
    },
    &Phrases {
        tag: "fr",
        maintenance: Words {
            title: "Maintenance en cours",
            message: "Nous travaillons sur le service et serons bientôt de retour.",
        },
        read_only: Words {
            title: "Lecture seule pour le moment",
            message: "Vous pouvez tout consulter, mais aucune modification n’est possible actuellement. Veuillez réessayer plus tard.",
        },
        until: "Retour prévu",
        contact: "Contact",
        reference: "Référence",
        again: "Réessayer",
        pass: PassWords {
            link: "J’ai un laissez-passer",
            title: "Entrer avec un laissez-passer",
            label: "Laissez-passer",
            button: "Entrer",
            failed: "Ce laissez-passer est inconnu ou a expiré.",
        },
    },
    &Phrases {
        tag: "ja",
        maintenance: Words {
            title: "ただいまメンテナンス中です",
            message: "サービスのメンテナンスを行っています。まもなく再開しますので、しばらくお待ちください。",
        },
        read_only: Words {
            title: "現在、閲覧のみご利用いただけます",
            message: "変更や登録は現在受け付けていません。しばらくしてからもう一度お試しください。",
        },
        until: "再開予定",
        contact: "お問い合わせ",
        reference: "参照番号",
        again: "再試行",
        pass: PassWords {
            link: "パスをお持ちの方",
            title: "パスで入る",
            label: "パス",
            button: "入る",
            failed: "このパスは登録されていないか、有効期限が切れています。",
        },
    },
    &Phrases {
        tag: "ko",
        maintenance: Words {
            title: "서비스 점검 중입니다",
            message: "서비스를 점검하고 있습니다. 곧 다시 이용하실 수 있습니다.",
        },
        read_only: Words {
            title: "지금은 조회만 가능합니다",
            message: "내용을 볼 수는 있지만 지금은 변경할 수 없습니다. 잠시 후 다시 시도해 주세요.",
        },
        until: "재개 예정",
        contact: "문의",
        reference: "참조 번호",
        again: "다시 시도",
        pass: PassWords {
            link: "패스가 있습니다",
            title: "패스로 들어가기",
            label: "패스",
            button: "들어가기",
            failed: "등록되지 않았거나 만료된 패스입니다.",
        },
    },
    &Phrases {
        tag: "pt",
        maintenance: Words {
            title: "Em manutenção",
            message: "O serviço está em manutenção e voltará em breve.",
        },
        read_only: Words {
            title: "Apenas leitura por enquanto",
            message: "É possível consultar tudo, mas não fazer alterações. Tente novamente mais tarde.",
        },
        until: "Retorno previsto",
        contact: "Suporte",
        reference: "Referência",
        again: "Tentar novamente",
        pass: PassWords {
            link: "Tenho um passe",
            title: "Entrar com um passe",
            label: "Passe",
            button: "Entrar",
            failed: "Este passe não é reconhecido ou expirou.",
        },
    },
    &Phrases {
        tag: "zh-Hans",
        maintenance: Words {
            title: "系统维护中",
            message: "我们正在维护服务，很快就会恢复。",
        },
        read_only: Words {
            title: "目前仅供浏览",
            message: "您可以浏览所有内容，但目前无法进行更改。请稍后再试。",
        },
        until: "预计恢复时间",
        contact: "联系我们",
        reference: "参考编号",
        again: "重试",
        pass: PassWords {
            link: "我有通行码",
            title: "使用通行码进入",
            label: "通行码",
            button: "进入",
            failed: "此通行码无效或已过期。",
        },
    },
    &Phrases {
        tag: "zh-Hant",
        maintenance: Words {
            title: "系統維護中",
            message: "我們正在維護服務，很快就會恢復。",
        },
        read_only: Words {
            title: "目前僅供瀏覽",
            message: "您可以瀏覽所有內容，但目前無法進行變更。請稍後再試。",
        },
        until: "預計恢復時間",
        contact: "聯絡我們",
        reference: "參考編號",
        again: "重試",
        pass: PassWords {
            link: "我有通行碼",
            title: "使用通行碼進入",
            label: "通行碼",
            button: "進入",
            failed: "此通行碼無效或已過期。",
        },
    },
];
